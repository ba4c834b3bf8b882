//! What programs hold: breakers, calls, refusals, futures, snapshots.

pub(crate) mod assessment;
pub(crate) mod body;
pub(crate) mod builder;
pub(crate) mod call;
#[cfg(feature = "tower")]
pub(crate) mod chance;
pub(crate) mod circuit_breaker;
pub(crate) mod collector;
mod delay;
#[cfg(feature = "test-util")]
pub(crate) mod disabling;
pub(crate) mod eager;
pub(crate) mod enrollment;
pub(crate) mod error;
pub(crate) mod events;
#[cfg(feature = "chaos")]
mod fault;
pub(crate) mod future;
pub(crate) mod guarded_call;
pub(crate) mod isolation;
#[cfg(feature = "keyed")]
pub(crate) mod keyed;
pub(crate) mod limit;
#[cfg(feature = "tokio")]
pub(crate) mod limited_call;
pub(crate) mod listening;
pub(crate) mod owned_call;
#[cfg(feature = "serde")]
pub(crate) mod prescription;
#[cfg(all(feature = "tokio", not(all(target_family = "wasm", target_os = "unknown"))))]
mod ready;
pub(crate) mod reconfiguration;
pub(crate) mod refusal;
pub(crate) mod registry;
pub(crate) mod retrying;
pub(crate) mod saved;
pub(crate) mod snapshot;
pub(crate) mod timed_out;
pub(crate) mod totals;
