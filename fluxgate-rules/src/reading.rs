//! Tokens -> checked values, or everything wrong with them and what was meant.

pub(crate) mod arguments;
pub mod attribute;
pub mod by_hand;
pub mod by_name;
pub mod by_text;
pub(crate) mod commas;
mod comparisons;
pub(crate) mod cursor;
pub(crate) mod expectations;
pub(crate) mod explain;
pub(crate) mod filled;
mod from_str;
pub(crate) mod given;
pub(crate) mod inverted;
pub(crate) mod operators;
pub(crate) mod outline;
pub(crate) mod parser;
pub(crate) mod piece;
pub(crate) mod prose;
pub mod read;
mod repair;
pub(crate) mod soundness;
pub(crate) mod states;
mod stray;
pub(crate) mod suggestion;
mod trailing;
pub(crate) mod written_call;
