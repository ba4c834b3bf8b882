//! The names of arguments, and the macros that take them.

pub(crate) use fluxgate_rules::argument_names::{ArgumentName, Concern, NAMES, named};

/// One of the macros, which take different arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Macro {
    /// `#[circuit_breaker(..)]`.
    CircuitBreaker,
    /// `breaker!(..)`.
    Breaker,
}
