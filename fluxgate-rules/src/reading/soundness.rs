//! Settings that are well-formed but make no sense: [flaws](crate::logic::flaws) with their places and corrections.

pub(crate) mod expectations;
mod outline;
pub(crate) mod rule;
pub(crate) mod setting;
