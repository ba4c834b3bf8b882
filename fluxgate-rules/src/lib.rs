//! The rule language of [Fluxgate](https://docs.rs/fluxgate), shared by the attribute at compile time and the breaker
//! at run time. Use it through `fluxgate`, which re-exports some of these types; what only the macros and the breaker
//! need is hidden.
//!
//! Its modules form layers; each uses only those above it:
//!
//! | layer | |
//! |---|---|
//! | model | settings as plain data: [`rule`], [`window`], [`retry`], [`permit`], their [`limits`], and the [`metrics`] they judge |
//! | text | the [`token`]s of a text, and [`problem`]s, [drawn](render) beneath it |
//! | language | the words ([`vocabulary`]), the [`argument_names`], their [`spelling`], and the [syntax tree](syntax) |
//! | logic | whether a rule [holds](evaluate), how long a [`trial`] is, [`flaws`], and the [checks](check) that macro expansions call |
//! | figures | what a rule will do to breakers whose calls fail at random |
//! | suggestion | what was meant by an unknown word or by arguments that do not fit |
//! | reading | tokens -> checked values ([`read`]), whole [`attribute`]s, and settings made [`by_hand`] or [`by_text`] |
//! | choosing | [explanations](Explanation) for people choosing a rule |
#![forbid(unsafe_code)]

mod choosing;
mod figures;
mod language;
mod logic;
mod model;
mod reading;
mod suggestion;
mod text;

pub use crate::language::{argument_names, foreign, spelling, syntax, vocabulary};
pub use crate::logic::{const_checks as check, distance, evidence, flaws, implied, trial};
pub use crate::model::{duration, limits, metrics, permit, ratio, retry, rule, window};
pub use crate::reading::{attribute, by_hand, by_name, by_text, read};
pub use crate::text::{lexer, problem, render, token};

/// Whether and why a rule holds.
pub mod evaluate {
    pub use crate::logic::cause::cause;
    pub use crate::logic::evaluate::{
        Customs, NodeSet, Situation, Verdict, applicable, best, condition_holds, holds, verdict, worst,
    };
}

pub use crate::choosing::explanation::Explanation;
pub use crate::figures::nearest::Expectations;
pub use crate::figures::trial::TrialOdds;
pub use crate::model::metrics::{Measures, Metrics, Tally};
pub use crate::model::permit::Permit;
pub use crate::model::ratio::Ratio;
pub use crate::model::retry::{Retry, Schedule};
pub use crate::model::rule::{Condition, Node, Rule};
pub use crate::model::sure_rate::SureRate;
pub use crate::model::window::{Extent, Window};
pub use crate::text::config_error::{ConfigError, ConfigProblem};
pub use crate::text::problem::Problem;
