//! The language of trackers: which results count as failures, and which as successes.

pub(crate) mod operand;
pub(crate) mod parser;
