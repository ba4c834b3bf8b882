//! The language of trackers: which results count as failures, and which as successes.

pub(crate) mod claim;
mod operand;
pub(crate) mod parser;
pub(crate) mod possible;
pub(crate) mod tracker;
