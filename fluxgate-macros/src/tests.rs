//! The macros outside the compiler.

mod reading;
mod robustness;
mod same_messages;
