//! Tokens -> checked values, or all that is wrong with them and what was meant.

pub(crate) mod arguments;
pub mod by_hand;
pub(crate) mod call;
pub(crate) mod cursor;
pub(crate) mod expectations;
pub(crate) mod explain;
mod from_str;
pub(crate) mod operators;
pub(crate) mod parser;
pub mod read;
pub mod repair;
pub mod suggestion;
