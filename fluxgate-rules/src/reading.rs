//! Tokens -> checked values, or all that is wrong with them and what was meant.

pub(crate) mod arguments;
pub mod by_hand;
pub(crate) mod call;
pub(crate) mod explain;
pub(crate) mod parser;
pub mod read;
pub mod suggestion;
