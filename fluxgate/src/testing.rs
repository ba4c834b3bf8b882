//! Tests that neither sleep nor disturb each other.
//!
//! ```
//! use fluxgate::testing::{ManualClock, isolate};
//! use fluxgate::{CircuitBreaker, Error, State, breaker, permit, retry, trip, window};
//! use std::time::Duration;
//!
//! // Pass the clock to a breaker that is built by hand.
//! let clock = ManualClock::new();
//! let breaker = CircuitBreaker::builder("by hand")
//!     .trip(trip::failure_streak(1))
//!     .retry(retry::cooldown(Duration::from_secs(60)))
//!     .permit(permit::all())
//!     .clock(clock.clone())
//!     .build()?;
//! breaker.call(|| Err::<(), _>("down")).unwrap_err();
//! assert_eq!(breaker.state(), State::Open);
//! clock.advance(Duration::from_secs(60));
//! breaker.call(|| Ok::<_, &str>("up")).unwrap();
//! assert_eq!(breaker.state(), State::Closed);
//! # Ok::<(), fluxgate::ConfigError>(())
//! ```

pub use crate::clock::ManualClock;
pub use crate::handle::isolation::{Isolation, isolate};
pub use crate::random::seeded::seed;
