//! A circuit breaker whose rule is written in an attribute and checked by the compiler.

mod breaker;
mod builder;
mod call;
mod cause;
mod circuit_breaker;
mod contain;
mod core;
mod error;
mod listener;
#[cfg(all(test, fluxgate_loom))]
mod models;
mod outcome;
pub mod permit;
mod registry;
pub mod retry;
mod settings;
mod snapshot;
mod state;
mod sync;
#[cfg(feature = "test-util")]
pub mod testing;
mod time;
pub mod trip;
pub mod window;

pub use self::builder::Builder;
pub use self::call::Call;
pub use self::cause::Cause;
pub use self::circuit_breaker::CircuitBreaker;
pub use self::error::{CallNotPermitted, ConfigError, Error};
pub use self::listener::{Listener, Reason, Transition, listen};
pub use self::registry::{breakers, find, register};
pub use self::settings::Name;
pub use self::snapshot::Snapshot;
pub use self::state::{Outcome, State};
pub use self::time::Clock;
pub use fluxgate_rules::Metrics;
