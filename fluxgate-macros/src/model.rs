//! What a use of the macros asks for, checked: plain data, from which the expansion is written without a question left open.
//! All that is left to check are the values of the user's constants and types, which only the compiler knows.

pub(crate) mod breaker;
pub(crate) mod guarded_function;
pub(crate) mod handler;
pub(crate) mod key;
pub(crate) mod outcome;
mod place;
pub(crate) mod reader;
pub(crate) mod request;
pub(crate) mod settings;
pub(crate) mod target;
pub(crate) mod timeout;
