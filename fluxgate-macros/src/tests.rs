//! The macros outside the compiler.

mod expansions;
mod reading;
mod robustness;
mod same_messages;
