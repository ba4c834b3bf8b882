//! Tests that neither sleep nor disturb each other, with the feature `test-util`. The page [testing](crate::docs::testing) shows how.
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

mod assertions;
mod recorder;

pub use self::assertions::{assert_admits, assert_refuses, assert_state};
pub use self::recorder::Recorder;
pub use crate::clock::ManualClock;
pub use crate::handle::disabling::disable_all;
pub use crate::handle::isolation::{Entered, Isolated, Isolation, IsolationHandle, isolate, unisolated};
pub use crate::random::seeded::seed;
