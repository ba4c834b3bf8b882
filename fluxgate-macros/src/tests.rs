//! The macros outside the compiler.

mod bodies;
mod documentation;
mod expansions;
mod reading;
mod robustness;
mod same_messages;
