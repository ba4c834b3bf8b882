//! The half-open state: a trial, and after it the ramp, if the permit is one.

use fluxgate_rules::Permit;
use fluxgate_rules::metrics::nanos;

use super::answer::Answer;
use super::breaker::{Breaker, Guard};
use super::evaluation::{Occasion, Step, evaluate};
use super::locked::Period;
use super::nesting;
use super::open::open;
use super::transition::{self, Change};
use super::window::finished_call::FinishedCall;
use super::word::StateWord;
use crate::events::transition::Reason;
use crate::state::{Outcome, State};
use crate::sync::Ordering;
use crate::{permit, retry};

/// Admits a call to the trial, if there is a slot for it, or to the ramp. A call that was `due` a moment ago is admitted as of that
/// time; otherwise the trial that it begins could be over before the call is admitted, again and again.
pub(super) fn admit(breaker: &Breaker, word: StateWord, due: Option<u64>) -> Answer {
    if nesting::contains(breaker, word) {
        return Answer::Inner;
    }
    let now = due.unwrap_or_else(|| breaker.now());
    let since = breaker.since.load(Ordering::Relaxed);
    if !breaker.was_still_in(word) {
        return Answer::LookAgain;
    }
    let settings = breaker.settings();
    // A ramp is not asked before the trial has passed. A user's function is asked without the lock.
    let permitted = match &settings.permit {
        Permit::RampUp { .. } => true,
        permit => permit::draw(permit, now.saturating_sub(since), breaker.draw(now)),
    };

    let mut guard = breaker.lock();
    if guard.word != word {
        return Answer::LookAgain;
    }
    let admitted = match &mut guard.period {
        Period::Trial(trial) if trial.is_stalled(now) => {
            open(guard, Reason::HalfOpenTimeout, None, now);
            return Answer::LookAgain;
        }
        Period::Trial(trial) => permitted && trial.admit(settings.max_half_open_calls, now),
        Period::Ramp(began) if is_ramp_over(breaker, *began, now) => {
            transition::perform(guard, Change::to(State::Closed, Reason::RampEnded, now));
            return Answer::LookAgain;
        }
        Period::Ramp(began) => permit::draw(&settings.permit, now.saturating_sub(*began), breaker.draw(now)),
        _ => false,
    };
    if admitted {
        Answer::Admitted
    } else {
        Answer::Refused(retry::soon(guard.reopens.open_for(), breaker.draw(now)))
    }
}

/// How long to wait for a slot of the trial; `None` if there is one, and if a call would find the trial to be over.
#[cfg(any(feature = "tokio", feature = "tower"))]
pub(super) fn left(breaker: &Breaker, word: StateWord) -> Option<u64> {
    if nesting::contains(breaker, word) {
        return None;
    }
    let now = breaker.now();
    let guard = breaker.lock();
    match &guard.period {
        Period::Trial(trial) if guard.word == word => {
            let admits = trial.is_stalled(now) || trial.has_room(breaker.settings().max_half_open_calls);
            (!admits).then(|| retry::soon(guard.reopens.open_for(), breaker.draw(now)))
        }
        _ => None,
    }
}

/// How long a trial waits for an outcome while calls are in flight.
pub(super) fn patience(breaker: &Breaker) -> u64 {
    nanos(breaker.settings().half_open_timeout)
}

/// A call ended, with or without an outcome: gives back its slot. If the trial has stalled, it is over, and the guard is gone.
pub(super) fn end_call(mut guard: Guard<'_>, now: u64, outcome: Option<Outcome>) -> Option<Guard<'_>> {
    let patience = patience(guard.breaker);
    if let Period::Trial(trial) = &mut guard.period {
        if trial.is_stalled(now) {
            guard.counts.late += u64::from(outcome.is_some_and(|outcome| outcome != Outcome::Ignored));
            open(guard, Reason::HalfOpenTimeout, None, now);
            return None;
        }
        trial.give_back(now);
        if outcome.is_some() {
            trial.progress(now, patience);
        }
    }
    Some(guard)
}

/// Records a call of the trial or the ramp, and evaluates the rule.
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> (Occasion, Step) {
    let settings = guard.breaker.settings();
    let occasion = match &mut guard.period {
        Period::Trial(trial) => {
            trial.record(call);
            Occasion::Trial(trial.plan, trial.good)
        }
        _ => Occasion::Ramp,
    };
    let memory = guard.memory();
    match occasion {
        Occasion::Trial(..) => memory.record_trial(call, now),
        _ => {
            memory.record(call, now);
        }
    }
    (occasion, evaluate(settings.rule.nodes(), occasion, &memory.metrics(), None))
}

/// The trial has passed, or the rule does not hold for an outcome of the ramp: closes the breaker, unless the ramp has to go on.
pub(super) fn pass(mut guard: Guard<'_>, now: u64) {
    let breaker = guard.breaker;
    let (began, reason) = match &guard.period {
        Period::Trial(trial) => (trial.pause_ended, Reason::TrialPassed),
        Period::Ramp(began) => (*began, Reason::RampEnded),
        _ => return,
    };
    if is_ramp_over(breaker, began, now) {
        transition::perform(guard, Change::to(State::Closed, reason, now));
    } else if reason == Reason::TrialPassed {
        guard.period = Period::Ramp(began);
        guard.memory().clear();
    }
}

/// Whether the ramp that began then is complete, as one is at once that has no length, or for which no time passes.
fn is_ramp_over(breaker: &Breaker, began: u64, now: u64) -> bool {
    now.saturating_sub(began) >= permit::ramp(&breaker.settings().permit) || !breaker.has_clock()
}
