//! Tokens -> checked values, or everything wrong with them and what was meant.

pub(crate) mod arguments;
pub mod attribute;
pub mod by_hand;
pub mod by_name;
pub mod by_text;
pub(crate) mod cursor;
pub(crate) mod elsewhere;
mod from_str;
pub(crate) mod given;
pub(crate) mod operators;
pub(crate) mod parser;
pub(crate) mod prose;
pub mod read;
pub(crate) mod soundness;
pub(crate) mod states;
mod stray;
mod trailing;
pub(crate) mod written_call;
