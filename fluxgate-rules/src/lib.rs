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

pub use crate::text::{lexer, problem, render, token};
pub use language::{syntax, vocabulary};

/// Words like each other.
pub mod suggest {
    pub use crate::language::spelling::{is_keyword, nearest, snake};
    pub use crate::reading::repair::repaired;
}
pub use logic::{const_checks as check, flaws, trial};
pub use model::{duration, limits, metrics, permit, ratio, retry, rule, window};
pub use reading::{by_hand as review, read as reader, suggestion as meant};

pub use crate::text::config_error::{ConfigError, ConfigProblem};
pub use crate::text::problem::Problem;
/// Whether and why a rule holds, and what a trial shows.
pub mod evaluate {
    pub use crate::logic::cause::cause;
    pub use crate::logic::evaluate::{Customs, NodeSet, Situation, Verdict, best, holds, verdict, worst};
}

pub use model::metrics::{Measures, Metrics, Tally};
pub use model::permit::Permit;
pub use model::ratio::Ratio;
pub use model::retry::{Retry, Schedule};
pub use model::rule::{Condition, Node, Rule};
pub use model::window::{Extent, Window};
