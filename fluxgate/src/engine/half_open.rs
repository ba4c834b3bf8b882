//! The half-open state: a trial, and after it the ramp.

use fluxgate_rules::metrics::nanos;

use super::answer::Answer;
use super::breaker::{Breaker, Guard};
use super::evaluation::{Step, evaluate};
use super::locked::{Locked, Period};
use super::open::open;
use super::transition::{self, Change};
use super::window::finished_call::FinishedCall;
use super::word::StateWord;
use crate::clock::NEVER;
use crate::events::transition::Reason;
use crate::permit;
use crate::state::State;
use crate::sync::Ordering;

/// Admits a call if the permit allows it and, in a trial, a slot is free. A call that was `due` a moment ago is admitted as of that
/// time; otherwise the trial that it begins could be over before the call is admitted, again and again.
pub(super) fn admit(breaker: &Breaker, word: StateWord, due: Option<u64>) -> Answer {
    let now = due.unwrap_or_else(|| breaker.now());
    let since = breaker.since.load(Ordering::Relaxed);
    if !breaker.was_still_in(word) {
        return Answer::LookAgain;
    }
    let settings = breaker.settings();
    let permitted = permit::draw(&settings.permit, now.saturating_sub(since), breaker.draw(now));

    let mut guard = breaker.lock();
    if guard.word != word {
        return Answer::LookAgain;
    }
    if guard.period.is_opening() {
        return Answer::Refused(NEVER);
    }
    if is_overdue(breaker, now) {
        open(guard, Reason::HalfOpenTimeout, None, now);
        return Answer::LookAgain;
    }
    let admitted = match &mut guard.period {
        Period::Trial { in_flight, .. } if permitted && *in_flight < settings.max_half_open_calls => {
            *in_flight += 1;
            true
        }
        Period::Ramp if is_ramp_over(breaker, now) => {
            transition::perform(guard, Change::to(State::Closed, Reason::RampEnded, now));
            return Answer::LookAgain;
        }
        Period::Ramp => permitted,
        _ => false,
    };
    if admitted { Answer::Admitted } else { Answer::Refused(NEVER) }
}

/// Gives back the slot of a call.
#[inline]
pub(super) fn release(locked: &mut Locked) {
    if let Period::Trial { in_flight, .. } = &mut locked.period {
        *in_flight = in_flight.saturating_sub(1);
    }
}

/// Whether the breaker has been half-open for too long.
#[inline]
pub(super) fn is_overdue(breaker: &Breaker, now: u64) -> bool {
    now >= breaker.deadline.load(Ordering::Relaxed)
}

/// Records a call of the trial or the ramp, and evaluates the rule.
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> Step {
    match guard.period {
        Period::Trial { length, .. } => record_trial(guard, length, call),
        Period::Ramp => record_ramp(guard, call, now),
        _ => Step::Stay,
    }
}

/// The verdict falls as soon as it is certain, whatever the rest of the trial brings. The `custom` conditions are asked at its end.
fn record_trial(guard: &mut Guard<'_>, length: u32, call: FinishedCall) -> Step {
    let breaker = guard.breaker;
    let memory = guard.memory();
    memory.record_trial(call, &breaker.measures);
    let metrics = memory.metrics(&breaker.measures);
    let more = u64::from(length).saturating_sub(metrics.total());
    match evaluate(breaker, &metrics, true, more) {
        Step::Ask if more > 0 => Step::Stay,
        step => step,
    }
}

/// The window decides, as it does for a closed breaker, until the ramp is complete.
fn record_ramp(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> Step {
    let breaker = guard.breaker;
    let memory = guard.memory();
    memory.record(call, now, &breaker.measures);
    match evaluate(breaker, &memory.metrics(&breaker.measures), true, 0) {
        Step::Pass if !is_ramp_over(breaker, now) => Step::Stay,
        step => step,
    }
}

/// The rule does not hold for the trial, or for an outcome of the ramp: closes the breaker, unless the ramp has to go on.
pub(super) fn pass(mut guard: Guard<'_>, now: u64) {
    let breaker = guard.breaker;
    let in_trial = matches!(guard.period, Period::Trial { .. });
    if is_ramp_over(breaker, now) {
        let reason = if in_trial { Reason::TrialPassed } else { Reason::RampEnded };
        transition::perform(guard, Change::to(State::Closed, reason, now));
    } else if in_trial {
        guard.period = Period::Ramp;
        guard.memory().clear();
        // If the ramp ends before the time limit, the breaker closes, however late the next call comes.
        let settings = breaker.settings();
        if settings.half_open_timeout.is_some_and(|longest| permit::ramp(&settings.permit) <= nanos(longest))
        {
            breaker.deadline.store(NEVER, Ordering::Relaxed);
        }
    }
}

/// Whether the ramp is complete, as one is at once that has no length, or for which no time passes.
fn is_ramp_over(breaker: &Breaker, now: u64) -> bool {
    let since = breaker.since.load(Ordering::Relaxed);
    now.saturating_sub(since) >= permit::ramp(&breaker.settings().permit) || !breaker.has_clock()
}
