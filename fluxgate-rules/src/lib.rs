//! The rule language of [Fluxgate](https://docs.rs/fluxgate), shared by the attribute at compile time and the breaker at run time.
//! Use it through `fluxgate`, which re-exports some of these types; what only the macros and the breaker need is hidden.
#![forbid(unsafe_code)]

pub mod check;
pub mod duration;
pub mod evaluate;
pub mod lexer;
pub mod meant;
pub mod metrics;
pub mod permit;
pub mod problem;
pub mod ratio;
pub mod reader;
pub mod retry;
pub mod review;
pub mod rule;
pub mod suggest;
pub mod syntax;
pub mod token;
pub mod vocabulary;
pub mod window;

mod brackets;
mod call;
mod judge;
mod number;
mod parser;
mod value;
mod word;

pub use metrics::{Measures, Metrics, Tally};
pub use permit::Permit;
pub use problem::Problem;
pub use ratio::Ratio;
pub use retry::{Retry, Schedule};
pub use rule::{Condition, Node, Rule};
pub use window::{Extent, Window};
