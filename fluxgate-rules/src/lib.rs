//! The rule language of [Fluxgate](https://docs.rs/fluxgate), shared by the attribute at compile time and the breaker at run time.
//! Use it through `fluxgate`, which re-exports some of these types; what only the macros and the breaker need is hidden.
//!
//! Its modules stand in layers, each of which uses only those before it:
//!
//! | layer | |
//! |---|---|
//! | model | settings as plain data: [`rule`], [`window`], [`retry`], [`permit`], their [`limits`], and the [`metrics`] that they are about |
//! | text | the [`token`]s of a text, and [`problem`]s, which are [drawn](render) beneath it |
//! | language | the words ([`vocabulary`]), their [`spelling`], and the [syntax tree](syntax) |
//! | logic | whether a rule [holds](evaluate), what a [`trial`] takes, [`flaws`], and the [checks](check) that macro expansions call |
//! | reading | tokens -> checked values ([`read`]), [`suggestion`]s for mistakes, and settings made [`by_hand`] |
#![forbid(unsafe_code)]

mod language;
mod logic;
mod model;
mod reading;
mod text;

pub use crate::language::{spelling, syntax, vocabulary};
pub use crate::logic::{const_checks as check, flaws, implied, trial};
pub use crate::model::{duration, limits, metrics, permit, ratio, retry, rule, window};
pub use crate::reading::{by_hand, read, repair, suggestion};
pub use crate::text::{lexer, problem, render, token};

/// Whether and why a rule holds.
pub mod evaluate {
    pub use crate::logic::cause::cause;
    pub use crate::logic::evaluate::{Customs, NodeSet, Situation, Verdict, best, holds, verdict, worst};
}

pub use crate::model::metrics::{Measures, Metrics, Tally};
pub use crate::model::permit::Permit;
pub use crate::model::ratio::Ratio;
pub use crate::model::retry::{Retry, Schedule};
pub use crate::model::rule::{Condition, Node, Rule};
pub use crate::model::window::{Extent, Window};
pub use crate::text::config_error::{ConfigError, ConfigProblem};
pub use crate::text::problem::Problem;
