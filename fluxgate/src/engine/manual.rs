//! The states that hold until another command: metrics only, disabled, forced open.

use fluxgate_rules::Metrics;

use super::breaker::{Breaker, Guard};
use super::closed::grant;
use super::evaluation::{Step, evaluate};
use super::locked::Period;
use super::transition::{self, Change};
use super::window::finished_call::FinishedCall;
use crate::events::transition::{Reason, Transition};
use crate::state::State;

/// Carries out a command, unless the breaker is in that state already. A reset has an effect even then.
pub(crate) fn command(breaker: &Breaker, to: State, reason: Reason) {
    let now = breaker.now();
    let guard = breaker.lock();
    if guard.word.state() != to || matches!(reason, Reason::Reset) {
        transition::perform(guard, Change::to(to, reason, now));
    }
}

/// Metrics only: records a call, and evaluates the rule to notice when it begins and when it ceases to hold.
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> Step {
    let (breaker, word) = (guard.breaker, guard.word);
    let reported = matches!(guard.period, Period::MetricsOnly { reported: true });
    let memory = guard.memory();
    memory.reclaim(&breaker.unrecorded);
    // As time passes, the rule may have ceased to hold since the last outcome.
    let reported = reported && {
        memory.advance(now);
        let step = evaluate(breaker, &memory.metrics(&breaker.measures), false, 0);
        !matches!(step, Step::Pass)
    };
    memory.record(call, now, &breaker.measures);
    let step = evaluate(breaker, &memory.metrics(&breaker.measures), false, 0);
    let passes = matches!(step, Step::Pass);
    grant(breaker, word, memory, passes);
    guard.period = Period::MetricsOnly { reported: reported && !passes };
    if passes { Step::Stay } else { step }
}

/// Metrics only: the rule does not hold.
pub(super) fn pass(guard: &mut Guard<'_>) {
    guard.period = Period::MetricsOnly { reported: false };
}

/// Metrics only: the rule holds. Reports that the breaker would have tripped, once each time the rule begins to hold.
pub(super) fn report(mut guard: Guard<'_>, reason: Reason, metrics: Metrics) {
    let breaker = guard.breaker;
    if !matches!(guard.period, Period::MetricsOnly { reported: true }) {
        guard.period = Period::MetricsOnly { reported: true };
        let (from, to) = (State::MetricsOnly, State::MetricsOnly);
        let breaker = breaker.name().clone();
        transition::announce(
            &mut guard,
            Transition { breaker, from, to, reason, metrics, retry_after: None },
        );
    }
    drop(guard);
    transition::deliver(breaker);
}
