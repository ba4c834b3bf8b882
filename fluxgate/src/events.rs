//! What listeners hear: transitions and their causes.

pub(crate) mod cause;
pub(crate) mod listener;
#[cfg(feature = "tracing")]
mod tracing;
pub(crate) mod transition;
