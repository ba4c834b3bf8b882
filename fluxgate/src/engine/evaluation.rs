//! The rule, evaluated on what is remembered of calls.

use fluxgate_rules::evaluate::{Customs, Situation, Verdict, best, holds, verdict};
use fluxgate_rules::{Condition, Metrics, Node};

use super::breaker::Breaker;
use crate::callback::contain;
use crate::events::cause::Figures;

/// What an outcome leads to.
pub(super) enum Step {
    /// Nothing.
    Stay,
    Decide(Decision),
    /// The rule's `custom` conditions decide.
    Ask,
}

pub(super) enum Decision {
    /// The rule does not hold, whatever the calls still to come.
    Pass,
    /// The rule holds, even with this many calls still to come, given these answers to its `custom` conditions.
    Trip(u64, Customs),
}

/// Evaluates the rule, with `more` calls still to come.
pub(super) fn evaluate(breaker: &Breaker, metrics: &Metrics, half_open: bool, more: u64) -> Step {
    match verdict(breaker.nodes(), half_open, metrics, more) {
        Verdict::Trips => Step::Decide(Decision::Trip(more, Customs::NONE)),
        Verdict::Passes => Step::Decide(Decision::Pass),
        Verdict::Unknown => Step::Ask,
    }
}

/// Evaluates a rule with its `custom` conditions, which are user code: called without the lock, panics contained.
pub(super) fn ask(breaker: &Breaker, metrics: &Metrics, half_open: bool) -> Decision {
    let mut customs = Customs::NONE;
    for (place, node) in breaker.nodes().iter().enumerate() {
        if let Node::Condition(Condition::Custom { predicate, .. }) = node {
            let answer = contain(|| predicate(metrics)).unwrap_or(false);
            customs.0 |= u64::from(answer) << place;
        }
    }
    let situation = Situation { half_open, metrics, customs };
    if holds(breaker.nodes(), &situation) { Decision::Trip(0, customs) } else { Decision::Pass }
}

/// The figures that explain why the rule holds.
pub(super) fn figures(
    breaker: &Breaker,
    metrics: &Metrics,
    half_open: bool,
    more: u64,
    customs: Customs,
) -> Figures {
    let situation = Situation { half_open, metrics: &best(metrics, more), customs };
    Figures::of(breaker.nodes(), &situation, metrics)
}
