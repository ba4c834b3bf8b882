//! Evaluating the rule on the remembered calls.

use fluxgate_rules::evaluate::{Customs, Situation, Verdict, best, verdict};
use fluxgate_rules::trial::{Plan, TrialVerdict};
use fluxgate_rules::{Condition, Metrics, Node};

use crate::callback::contain;
use crate::events::cause::Figures;

/// When and how the rule is evaluated.
#[derive(Clone, Copy)]
pub(super) enum Occasion {
    Closed,
    /// The breaker only reports. With the number of the outcome.
    MetricsOnly(u64),
    /// A trial, with the number of good calls.
    Trial(Plan, u64),
    /// The rule is read both as that of a closed breaker and as that of a half-open one: either reading can trip a ramp.
    Ramp,
}

/// What an outcome leads to.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// Nothing.
    Stay,
    /// The rule does not hold, and that is decisive.
    Pass,
    /// The rule holds.
    Trip(Held),
    /// It depends on the rule's `custom` conditions.
    Ask,
}

/// How the rule holds.
#[derive(Clone, Copy)]
pub(super) struct Held {
    /// Read as that of a half-open breaker.
    pub(super) half_open: bool,
    /// It holds even if this many more calls are perfect.
    pub(super) more: u64,
}

/// Evaluates the rule. `customs` holds the answers of its `custom` conditions, if they have been asked.
pub(super) fn evaluate(
    rule: &[Node],
    occasion: Occasion,
    metrics: &Metrics,
    customs: Option<Customs>,
) -> Step {
    match occasion {
        Occasion::Closed | Occasion::MetricsOnly(_) => evaluate_now(rule, false, metrics, customs),
        Occasion::Ramp => match evaluate_now(rule, true, metrics, customs) {
            Step::Trip(held) => Step::Trip(held),
            half_open => match evaluate_now(rule, false, metrics, customs) {
                Step::Pass => half_open,
                closed => closed,
            },
        },
        Occasion::Trial(plan, good) => match plan.verdict(rule, metrics, good, customs) {
            TrialVerdict::Trips(more) => Step::Trip(Held { half_open: true, more }),
            TrialVerdict::Passes => Step::Pass,
            TrialVerdict::GoesOn => Step::Stay,
            TrialVerdict::Ask => Step::Ask,
        },
    }
}

/// Evaluates the rule on the figures as they are, with no more calls to come.
#[inline]
pub(super) fn evaluate_now(
    rule: &[Node],
    half_open: bool,
    metrics: &Metrics,
    customs: Option<Customs>,
) -> Step {
    match verdict(rule, half_open, metrics, customs) {
        Verdict::Trips => Step::Trip(Held { half_open, more: 0 }),
        Verdict::Passes => Step::Pass,
        Verdict::Unknown => Step::Ask,
    }
}

/// The figures that explain why the rule holds.
pub(super) fn figures(rule: &[Node], held: Held, metrics: &Metrics, customs: Customs) -> Figures {
    let Held { half_open, more } = held;
    let situation = Situation { half_open, metrics: &best(metrics, more), customs };
    Figures::of(rule, &situation, metrics)
}

/// Asks the rule's `custom` conditions. They are user code: they run without the lock, and their panics are contained.
pub(super) fn ask(rule: &[Node], metrics: &Metrics) -> Customs {
    let mut customs = Customs::NONE;
    for (place, node) in rule.iter().enumerate() {
        if let Node::Condition(Condition::Custom { predicate, .. }) = node {
            let answer = contain(|| predicate(metrics)).unwrap_or(false);
            customs.0 |= u64::from(answer) << place;
        }
    }
    customs
}
