//! Text: its tokens, places among them, and messages about them.

pub(crate) mod brackets;
pub mod lexer;
pub mod problem;
pub mod token;
