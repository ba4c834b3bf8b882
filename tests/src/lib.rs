//! What the tests of Fluxgate share: a fixture around one breaker, the error of guarded functions, and a naive model of what a breaker should do.
#![allow(missing_docs, clippy::missing_panics_doc, clippy::unchecked_time_subtraction)]

pub mod failure;
pub mod fixture;
pub mod futures;
#[cfg(feature = "tracing")]
pub mod logged;
pub mod reference;
pub mod sequence;
pub mod time;
#[cfg(feature = "tokio")]
pub mod waiting;
