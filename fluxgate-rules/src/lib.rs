//! The rule language of [Fluxgate](https://docs.rs/fluxgate): what both the attribute, while your program compiles, and
//! the breaker, while it runs, know of rules. Use it through `fluxgate`, which shows some of these types as its own; what only the macros
//! and the breaker need of them is hidden.
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
