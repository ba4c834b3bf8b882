//! The end of a trial that has passed, and of the ramp that may follow it.

use fluxgate_rules::Permit;

use super::breaker::Breaker;
use super::guard::Guard;
use super::locked::Period;
use super::transition::{self, Change};
use crate::events::transition::Reason;
use crate::permit;
use crate::state::State;

/// The trial has passed, or the rule does not hold after an outcome of the ramp: closes the breaker, unless the ramp has to go on.
pub(super) fn pass(mut guard: Guard<'_>, now: u64) {
    let breaker = guard.breaker;
    let (began, reason) = match &guard.period {
        Period::Trial(trial) => (trial.pause_ended, Reason::TrialPassed),
        Period::Ramp(began) => (*began, Reason::RampEnded),
        _ => return,
    };
    if is_over(breaker, &breaker.settings().permit, guard.reopens.overdue(began, now)) {
        transition::perform(guard, Change::to(State::Closed, reason, now));
    } else if reason == Reason::TrialPassed {
        guard.period = Period::Ramp(began);
        guard.memory().clear();
    }
}

/// A call has ended without success or failure. If it was one of a ramp that is over, closes the breaker.
pub(super) fn end_call(guard: Guard<'_>, now: u64) {
    if matches!(guard.period, Period::Ramp(_)) {
        pass(guard, now);
    }
}

/// Whether a ramp of `permit` that began this long ago is complete. A ramp without length always is, and so is any if time stands still.
pub(super) fn is_over(breaker: &Breaker, permit: &Permit, passed: u64) -> bool {
    passed >= permit::ramp(permit) || !breaker.has_clock()
}
