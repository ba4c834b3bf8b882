//! The rule language of [Fluxgate](https://docs.rs/fluxgate), shared by the attribute at compile time and the breaker at run time.
//! Use it through `fluxgate`, which re-exports some of these types; what only the macros and the breaker need is hidden.
//!
//! Its modules stand in layers, each of which uses only those before it: the [model](crate::rule) of settings, as plain data; text
//! and its [tokens](crate::token); the words of the [language](crate::vocabulary); the [logic](crate::evaluate) of rules; and the
//! [reading](crate::reader) of what was written, with suggestions for mistakes.
#![forbid(unsafe_code)]

mod language;
mod logic;
mod model;
mod reading;
mod text;

pub use crate::text::{lexer, problem, token};
pub use language::{spelling as suggest, syntax, vocabulary};
pub use logic::{check, evaluate};
pub use model::{duration, metrics, permit, ratio, retry, rule, window};
pub use reading::{by_hand as review, read as reader, suggestion as meant};

pub use crate::text::problem::Problem;
pub use model::metrics::{Measures, Metrics, Tally};
pub use model::permit::Permit;
pub use model::ratio::Ratio;
pub use model::retry::{Retry, Schedule};
pub use model::rule::{Condition, Node, Rule};
pub use model::window::{Extent, Window};
