//! The rule, evaluated on what is remembered of calls.

use fluxgate_rules::evaluate::{Customs, Situation, Verdict, holds, verdict};
use fluxgate_rules::{Condition, Metrics, Node};

use super::breaker::Breaker;
use crate::callback::contain;

/// What an outcome leads to.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// Nothing.
    Stay,
    /// The rule does not hold, whatever the calls still to come, and this decides something.
    Pass,
    /// The rule holds, whatever this many calls still to come.
    Trip(u64),
    /// The rule's `custom` conditions decide.
    Ask,
}

/// Evaluates the rule, with `more` calls still to come.
#[inline]
pub(super) fn evaluate(breaker: &Breaker, metrics: &Metrics, half_open: bool, more: u64) -> Step {
    match verdict(breaker.nodes(), half_open, metrics, more) {
        Verdict::Trips => Step::Trip(more),
        Verdict::Passes => Step::Pass,
        Verdict::Unknown => Step::Ask,
    }
}

/// Evaluates a rule with its `custom` conditions, which are user code: called without the lock, panics contained. If the rule holds,
/// returns their answers.
pub(super) fn ask(breaker: &Breaker, metrics: &Metrics, half_open: bool) -> Option<Customs> {
    let mut customs = Customs::NONE;
    for (place, node) in breaker.nodes().iter().enumerate() {
        if let Node::Condition(Condition::Custom { predicate, .. }) = node {
            let answer = contain(|| predicate(metrics)).unwrap_or(false);
            customs.0 |= u64::from(answer) << place;
        }
    }
    holds(breaker.nodes(), &Situation { half_open, metrics, customs }).then_some(customs)
}
