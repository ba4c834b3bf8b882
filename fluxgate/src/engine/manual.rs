//! The states that hold until another command: metrics only, disabled, forced open.

use fluxgate_rules::Metrics;

use super::breaker::{Breaker, Guard};
use super::closed::grant;
use super::evaluation::{Reading, Step, evaluate};
use super::locked::Period;
use super::transition::{self, Change};
use super::window::memory::FinishedCall;
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
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> (Reading, Step) {
    let (breaker, word) = (guard.breaker, guard.word);
    let memory = guard.memory();
    memory.reclaim(&breaker.unrecorded);
    memory.advance(now);
    let before = memory.metrics(&breaker.measures);
    memory.record(call, now, &breaker.measures);
    let after = memory.metrics(&breaker.measures);

    let Period::MetricsOnly(crossings) = &mut guard.period else { return (Reading::Closed, Step::Stay) };
    // As time passes, the rule may have ceased to hold since the last outcome.
    if crossings.holds() && matches!(evaluate(breaker, Reading::Closed, &before, None), Step::Pass) {
        let ceased = crossings.next();
        crossings.note(ceased, false);
    }
    let reading = Reading::MetricsOnly(crossings.next());
    let step = evaluate(breaker, reading, &after, None);
    grant(breaker, word, guard.memory(), matches!(step, Step::Pass));
    (reading, step)
}

/// Metrics only: the rule does not hold with this outcome.
pub(super) fn pass(guard: &mut Guard<'_>, outcome: u64) {
    if let Period::MetricsOnly(crossings) = &mut guard.period {
        crossings.note(outcome, false);
    }
}

/// Metrics only: the rule holds with this outcome. Reports that the breaker would have tripped, if the rule only begins to hold.
pub(super) fn report(mut guard: Guard<'_>, outcome: u64, reason: Reason, metrics: Metrics) {
    let breaker = guard.breaker;
    let Period::MetricsOnly(crossings) = &mut guard.period else { return };
    if crossings.note(outcome, true) {
        let transition = Transition {
            breaker: breaker.name().clone(),
            generation: guard.word.generation(),
            from: State::MetricsOnly,
            to: State::MetricsOnly,
            reason,
            metrics,
            retry_after: None,
            missed: 0,
        };
        transition::announce(&mut guard, transition, true);
    }
    drop(guard);
    transition::deliver(breaker);
}
