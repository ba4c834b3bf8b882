//! The language of trackers: which results count as failures, which as successes, and which are ignored.

pub(crate) mod claim;
mod operand;
pub(crate) mod parser;
pub(crate) mod possible;
pub(crate) mod tracker;
