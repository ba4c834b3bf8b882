//! The settings of a breaker.

use std::time::Duration;

use fluxgate_rules::trial::Plan;
use fluxgate_rules::vocabulary::{Entry, TRIP};
use proc_macro2::{Span, TokenStream};
use syn::{Expr, LitStr};

use crate::input::warnings::Warning;

/// The settings of a breaker; `None` is Fluxgate's default, as for all of [`Settings::default`].
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) name: BreakerName,
    pub(crate) window: Option<Setting>,
    pub(crate) retry: Option<Setting>,
    pub(crate) permit: Option<Setting>,
    pub(crate) max_half_open_calls: Option<Value>,
    pub(crate) half_open_timeout: Option<Value>,
    pub(crate) on_panic: Option<Outcome>,
    pub(crate) on_cancel: Option<Outcome>,
    /// How long a cancelled call must have run for `on_cancel` to apply.
    pub(crate) on_cancel_after: Option<Value>,
    /// Whether calls are counted: a literal, or the user's constant.
    pub(crate) count_calls: Option<TokenStream>,
    pub(crate) rule: Option<Rule>,
    /// How long a call may take, if that is limited. Other settings are checked against it, also those that replace these.
    pub(crate) time_limit: Option<Value>,
    /// How many keys have breakers of their own.
    pub(crate) max_keys: Option<Value>,
    /// How long a key may go unused before its breaker is evicted.
    pub(crate) key_idle: Option<Value>,
    /// How many calls the window holds; `None` if only the compiler knows.
    pub(crate) size: Option<usize>,
    /// What is valid, but probably a mistake.
    pub(crate) warnings: Vec<Warning>,
}

/// The name of a breaker.
#[derive(Default)]
pub(crate) enum BreakerName {
    /// The name of the place where the breaker is made.
    #[default]
    Default,
    Text(LitStr),
    /// The user's constant, at a place that the compiler blames if it is empty.
    Constant(Box<Expr>, (Span, Span)),
}

/// The outcome of a call that never returned.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    Failure,
    Ignored,
}

/// A window, a retry or a permit.
pub(crate) struct Setting {
    pub(crate) word: Word,
    /// The whole value of the argument, which the compiler blames if constants do not fit together.
    pub(crate) span: (Span, Span),
}

/// A rule, flat as in `fluxgate-rules`.
pub(crate) struct Rule {
    pub(crate) nodes: Vec<Node>,
    /// The [`Settings::summary`].
    pub(crate) summary: String,
    /// Whether the compiler has to check the rule, since it depends on constants.
    pub(crate) is_unchecked: bool,
    /// The whole rule, which the compiler blames.
    pub(crate) span: (Span, Span),
}

/// A part of a rule.
pub(crate) enum Node {
    Condition(Word),
    /// A group of this many nodes, joined by `&`.
    All(usize),
    /// A group of this many nodes, joined by `|`.
    Any(usize),
}

/// A word with its arguments: `time(60s, buckets = 6)`.
pub(crate) struct Word {
    /// The word, which is also the name of a function of Fluxgate.
    pub(crate) name: &'static str,
    pub(crate) positional: Vec<Value>,
    /// The keyword arguments, each of which is a method of what the function returns.
    pub(crate) keywords: Vec<(&'static str, Value)>,
    pub(crate) span: (Span, Span),
}

/// An argument of a word.
pub(crate) enum Value {
    Count(u64),
    Number(f64),
    Duration(Duration),
    Constant(Constant),
    /// The user's function, and how it is written.
    Function(TokenStream, String),
}

/// A user's constant, which the compiler checks.
pub(crate) struct Constant {
    pub(crate) expression: TokenStream,
    pub(crate) ty: ConstantType,
    /// The function of Fluxgate that checks the value.
    pub(crate) check: &'static str,
    /// The message if the value is wrong.
    pub(crate) message: String,
    pub(crate) span: (Span, Span),
}

/// The type that a constant has to have.
#[derive(Clone, Copy)]
pub(crate) enum ConstantType {
    U32,
    Usize,
    F64,
    Duration,
}

impl Word {
    /// Whether the compiler has to check the arguments.
    pub(crate) fn has_constants(&self) -> bool {
        self.values().any(|value| matches!(value, Value::Constant(_)))
    }

    /// Whether an argument is a function.
    pub(crate) fn has_functions(&self) -> bool {
        self.values().any(|value| matches!(value, Value::Function(..)))
    }

    fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().chain(self.keywords.iter().map(|(_, value)| value))
    }
}

impl Rule {
    /// Whether it depends on how long calls take.
    pub(crate) fn times_calls(&self) -> bool {
        let times = |node: &Node| match node {
            Node::Condition(word) => TRIP.entry(word.name).is_some_and(Entry::times_calls),
            Node::All(_) | Node::Any(_) => false,
        };
        self.nodes.iter().any(times)
    }
}

impl Settings {
    /// Whether the user gives the name.
    pub(crate) fn is_named(&self) -> bool {
        !matches!(self.name, BreakerName::Default)
    }

    /// Whether nothing is given.
    pub(crate) fn are_standard(&self) -> bool {
        let Self {
            name,
            window,
            retry,
            permit,
            max_half_open_calls,
            half_open_timeout,
            on_panic,
            on_cancel,
            on_cancel_after,
            count_calls,
            rule,
            time_limit,
            // Not settings of the breaker: they are for the keys, the standard rule, and the compiler.
            max_keys: _,
            key_idle: _,
            size: _,
            warnings: _,
        } = self;
        matches!(name, BreakerName::Default)
            && window.is_none()
            && retry.is_none()
            && permit.is_none()
            && max_half_open_calls.is_none()
            && half_open_timeout.is_none()
            && on_panic.is_none()
            && on_cancel.is_none()
            && on_cancel_after.is_none()
            && count_calls.is_none()
            && rule.is_none()
            && time_limit.is_none()
    }

    /// The rule as we would write it, with the length of its trial if that does not depend on constants, for documentation.
    pub(crate) fn summary(&self) -> String {
        if let Some(rule) = &self.rule {
            return rule.summary.clone();
        }
        let nodes = fluxgate_rules::Rule::standard(self.size.unwrap_or(usize::MAX));
        let text = fluxgate_rules::Rule::from_nodes(nodes.to_vec()).to_string();
        if self.size.is_none() && self.window.as_ref().is_some_and(|window| window.word.name == "count") {
            return format!("`{text}`, where 100 and 10 are capped at the window's size");
        }
        summary(&text, Some(&nodes))
    }

    /// Whether the breaker may trip although no result is a failure: by the time that calls take, by a function's answer, or since
    /// calls that do not return are explicitly failures.
    pub(crate) fn trip_on_more_than_results(&self) -> bool {
        let is_failure = |outcome: Option<Outcome>| matches!(outcome, Some(Outcome::Failure));
        let asks_more = |rule: &Rule| {
            rule.times_calls()
                || rule.nodes.iter().any(|node| matches!(node, Node::Condition(word) if word.has_functions()))
        };
        is_failure(self.on_panic) || is_failure(self.on_cancel) || self.rule.as_ref().is_some_and(asks_more)
    }
}

/// A rule's text, with the length of its trial.
pub(crate) fn summary(text: &str, nodes: Option<&[fluxgate_rules::Node]>) -> String {
    match nodes.and_then(Plan::of).map(|plan| plan.length) {
        Some(1) => format!("`{text}`, trial of 1 call"),
        Some(calls) => format!("`{text}`, trial of {calls} calls"),
        None => format!("`{text}`"),
    }
}
