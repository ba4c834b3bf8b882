//! The rule, evaluated on what is remembered of calls.

use fluxgate_rules::evaluate::{Customs, Situation, Verdict, best, verdict};
use fluxgate_rules::trial::{self, Plan};
use fluxgate_rules::{Condition, Metrics, Node};

use super::breaker::Breaker;
use crate::callback::contain;
use crate::events::cause::Figures;

/// How the rule is read.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    /// As that of a closed breaker.
    Closed,
    /// As that of a breaker that only reports, after so many outcomes.
    MetricsOnly(u64),
    /// For a trial in which so many calls were good.
    Trial(Plan, u64),
    /// As that of a closed breaker and as that of a half-open one: either can trip a ramp.
    Ramp,
}

/// What an outcome leads to.
pub(super) enum Step {
    /// Nothing.
    Stay,
    /// The rule does not hold, and this decides something.
    Pass,
    /// The rule holds, for this cause.
    Trip(Figures),
    /// The rule's `custom` conditions decide.
    Ask,
}

/// Evaluates the rule. `customs` are the answers to its `custom` conditions, if they have been asked.
pub(super) fn evaluate(
    breaker: &Breaker,
    reading: Reading,
    metrics: &Metrics,
    customs: Option<Customs>,
) -> Step {
    let nodes = breaker.nodes();
    let figures = |half_open, more, customs| {
        let situation = Situation { half_open, metrics: &best(metrics, more), customs };
        Figures::of(nodes, &situation, metrics)
    };
    let half_open: &[bool] = match reading {
        Reading::Closed | Reading::MetricsOnly(_) => &[false],
        Reading::Ramp => &[true, false],
        Reading::Trial(plan, good) => {
            return match plan.verdict(nodes, metrics, good, customs) {
                trial::Verdict::Trips(more, customs) => Step::Trip(figures(true, more, customs)),
                trial::Verdict::Passes => Step::Pass,
                trial::Verdict::GoesOn => Step::Stay,
                trial::Verdict::Ask => Step::Ask,
            };
        }
    };
    let mut step = Step::Pass;
    for &half_open in half_open {
        match verdict(nodes, half_open, metrics, customs) {
            Verdict::Trips => return Step::Trip(figures(half_open, 0, customs.unwrap_or(Customs::NONE))),
            Verdict::Passes => {}
            Verdict::Unknown => step = Step::Ask,
        }
    }
    step
}

/// Asks the rule's `custom` conditions, which are user code: called without the lock, panics contained.
pub(super) fn ask(breaker: &Breaker, metrics: &Metrics) -> Customs {
    let mut customs = Customs::NONE;
    for (place, node) in breaker.nodes().iter().enumerate() {
        if let Node::Condition(Condition::Custom { predicate, .. }) = node {
            let answer = contain(|| predicate(metrics)).unwrap_or(false);
            customs.0 |= u64::from(answer) << place;
        }
    }
    customs
}
