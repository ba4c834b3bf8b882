//! Text: its tokens, places among them, and messages about them.

pub(crate) mod brackets;
pub(crate) mod characters;
pub(crate) mod comments;
pub(crate) mod config_error;
pub(crate) mod edits;
pub mod lexer;
pub mod problem;
pub mod render;
pub mod token;
