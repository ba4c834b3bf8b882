//! Settings as plain data, and the figures they refer to.

pub(crate) mod condition;
pub mod duration;
pub mod limits;
pub(crate) mod logarithm;
pub mod metrics;
pub mod permit;
pub mod ratio;
pub mod retry;
pub mod rule;
pub(crate) mod sure_rate;
pub mod window;
