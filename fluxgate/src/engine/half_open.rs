//! The half-open state: a trial, and after it the [ramp], if the permit is one.

use fluxgate_rules::Permit;

use super::answer::Answer;
use super::breaker::Breaker;
use super::evaluation::{Occasion, Step, evaluate};
use super::guard::Guard;
use super::locked::{Locked, Period};
use super::open::open;
use super::transition::{self, Change};
use super::verdict::judge;
use super::window::finished_call::FinishedCall;
use super::word::StateWord;
use super::{nesting, ramp};
use crate::events::transition::Reason;
use crate::state::{Outcome, State};
use crate::sync::Ordering;
use crate::{permit, retry};

/// Admits a call to the trial, if there is a slot for it, or to the ramp. A call that was just found `due` is admitted as of that
/// time; otherwise the trial that it begins could be over before the call is admitted, again and again. A call within a probe is part
/// of it, until the trial has stalled or the ramp is over: a body may make calls without end.
pub(super) fn admit(breaker: &Breaker, word: StateWord, due: Option<u64>) -> Answer {
    let is_inner = nesting::contains(breaker, word);
    let now = due.unwrap_or_else(|| breaker.now());
    let since = breaker.since.load(Ordering::Relaxed);
    if !breaker.was_still_in(word) {
        return Answer::LookAgain;
    }
    let settings = breaker.settings();
    // A ramp is not asked before the trial has passed. A user's function is asked without the lock.
    let permitted = match &settings.permit {
        Permit::RampUp { .. } => true,
        _ if is_inner => true,
        permit => permit::draw(permit, now.saturating_sub(since), breaker.draw(now)),
    };

    let mut guard = breaker.lock();
    if guard.word != word {
        return Answer::LookAgain;
    }
    let (in_flight, patience) = (guard.running.calls(), breaker.patience());
    let ramped = match guard.period {
        Period::Ramp(began) => guard.reopens.overdue(began, now),
        _ => 0,
    };
    let admitted = match &mut guard.period {
        Period::Trial(trial) if trial.is_stalled(in_flight, now, patience) => {
            open(guard, Reason::HalfOpenTimeout, None, now);
            return Answer::LookAgain;
        }
        Period::Trial(_) if is_inner => return Answer::Inner,
        Period::Trial(trial) => permitted && trial.admit(in_flight, settings.max_half_open_calls, now),
        Period::Ramp(_) if ramp::is_over(breaker, &settings.permit, ramped) => {
            transition::perform(guard, Change::to(State::Closed, Reason::RampEnded, now));
            return Answer::LookAgain;
        }
        Period::Ramp(_) if is_inner => return Answer::Inner,
        Period::Ramp(_) => permit::draw(&settings.permit, ramped, breaker.draw(now)),
        _ => false,
    };
    let answer = if admitted {
        guard.begin_call(now);
        Answer::AdmittedAt(now)
    } else {
        Answer::Refused(retry::soon(guard.reopens.open_for(), breaker.draw(now)))
    };
    if !word.is_tracked() {
        return answer;
    }
    judge(guard, now);
    // An admitted call runs, even if it has opened the breaker.
    if admitted || breaker.word() == word { answer } else { Answer::LookAgain }
}

/// Makes room for one more call in a trial: a probe of it has failed only because the breaker refused a call that it made on another
/// thread or task. Without room for both, the next probe could fail likewise, and the trial would never end.
pub(super) fn make_room(breaker: &Breaker, word: StateWord) {
    let mut guard = breaker.lock();
    let slots = breaker.settings().max_half_open_calls;
    if guard.word == word.original()
        && let Period::Trial(trial) = &mut guard.period
    {
        trial.lend(slots);
    }
    drop(guard);
    breaker.wake_waiters();
}

/// How long to wait for a slot of the trial; `None` if there is one, or if a call would find that the trial has stalled.
#[cfg(any(feature = "tokio", feature = "tower"))]
pub(super) fn left(breaker: &Breaker, word: StateWord) -> Option<u64> {
    if nesting::contains(breaker, word) {
        return None;
    }
    let now = breaker.now();
    let guard = breaker.lock();
    match &guard.period {
        Period::Trial(trial) if guard.word == word => {
            let in_flight = guard.running.calls();
            let slots = breaker.settings().max_half_open_calls;
            let admits =
                trial.is_stalled(in_flight, now, breaker.patience()) || trial.has_room(in_flight, slots);
            (!admits).then(|| retry::soon(guard.reopens.open_for(), breaker.draw(now)))
        }
        _ => None,
    }
}

/// A running call has ended, with or without an outcome, and a probe releases its slot. If that ends the trial, returns `None`.
pub(super) fn end_call(
    mut guard: Guard<'_>,
    started: u64,
    now: u64,
    outcome: Option<Outcome>,
) -> Option<Guard<'_>> {
    let (patience, slots) = (guard.breaker.patience(), guard.breaker.settings().max_half_open_calls);
    if let Period::Trial(trial) = &guard.period
        && trial.is_stalled(guard.running.calls(), now, patience)
    {
        guard.counts.late += u64::from(outcome.is_some_and(|outcome| outcome != Outcome::Ignored));
        open(guard, Reason::HalfOpenTimeout, None, now);
        return None;
    }
    let Locked { running, period, .. } = &mut *guard;
    running.end(started);
    if let Period::Trial(trial) = period {
        trial.release(running.calls(), now);
        if outcome.is_some() {
            trial.progress(running.calls(), now);
        } else {
            trial.give_up(started, now);
            if trial.is_given_up(slots, patience) {
                open(guard, Reason::HalfOpenTimeout, None, now);
                return None;
            }
        }
    }
    Some(guard)
}

/// A success or failure was learnt without a call. If the trial has stalled, the outcome comes too late for it: ends it, and returns
/// `None`.
pub(super) fn learn(mut guard: Guard<'_>, now: u64) -> Option<Guard<'_>> {
    let patience = guard.breaker.patience();
    let Locked { running, period, .. } = &mut *guard;
    if let Period::Trial(trial) = period {
        if trial.is_stalled(running.calls(), now, patience) {
            guard.counts.late += 1;
            open(guard, Reason::HalfOpenTimeout, None, now);
            return None;
        }
        trial.progress(running.calls(), now);
    }
    Some(guard)
}

/// Records a call of the trial or the ramp, and evaluates the rule.
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> (Occasion, Step) {
    let settings = guard.breaker.settings();
    let occasion = match &mut guard.period {
        Period::Trial(trial) => {
            trial.record(call, now);
            Occasion::Trial(trial.plan, u64::from(trial.good))
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
    (occasion, evaluate(settings.rule.nodes(), occasion, &guard.judged(), None))
}
