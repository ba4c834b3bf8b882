//! The attribute `#[circuit_breaker]` and the macro `breaker!` of Fluxgate.
#![forbid(unsafe_code)]

mod arguments;
mod errors;
mod language;
mod settings;
