//! What listeners hear: transitions and their causes, refusals, ends of calls.

pub(crate) mod audience;
pub(crate) mod cause;
pub(crate) mod channel;
pub(crate) mod delivery;
pub(crate) mod event;
pub(crate) mod interests;
pub(crate) mod listener;
#[cfg(feature = "tracing")]
pub(crate) mod tracing;
pub(crate) mod transition;
#[cfg(any(feature = "tokio", feature = "tower"))]
pub(crate) mod waiters;
