//! The open state: calls are refused until it is time to try again.

use std::time::Duration;

use fluxgate_rules::metrics::nanos;
use fluxgate_rules::{Metrics, Schedule};

use super::answer::Answer;
use super::breaker::Breaker;
use super::guard::Guard;
use super::locked::Period;
use super::transition::{self, Change, Pause};
use super::word::StateWord;
use crate::clock::NEVER;
use crate::configuration::Settings;
use crate::events::transition::Reason;
use crate::retry;
use crate::state::State;
use crate::sync::Ordering;

/// Opens the breaker, for a pause that is drawn once.
pub(super) fn open(guard: Guard<'_>, reason: Reason, evidence: Option<Metrics>, now: u64) {
    let retry = guard.breaker.settings().retry;
    let reopens = guard.reopens.next(now);
    let random = guard.breaker.draw(now);
    let requested = guard.requested.and_then(|requested| retry::as_requested(&retry, requested, random));
    let pause = match retry.schedule {
        _ if requested.is_some() => pause(guard.breaker, requested),
        Schedule::Custom { .. } => Pause::Asked,
        _ => pause(guard.breaker, retry::draw(&retry, reopens, random)),
    };
    open_for(guard, reason, evidence, pause, now);
}

/// Whether an open breaker stays open until a command.
pub(super) fn is_never_retried(settings: &Settings) -> bool {
    matches!(settings.retry.schedule, Schedule::Never)
}

/// A pause of this many nanoseconds; `None` is endless. Where time stands still, no pause ever ends: the breaker stays open until a
/// command.
fn pause(breaker: &Breaker, drawn: Option<u64>) -> Pause {
    Pause::of(drawn.filter(|&nanos| nanos == 0 || breaker.has_clock()))
}

/// Opens the breaker for this pause.
pub(super) fn open_for(
    mut guard: Guard<'_>,
    reason: Reason,
    evidence: Option<Metrics>,
    pause: Pause,
    now: u64,
) {
    let breaker = guard.breaker;
    let reopens = guard.reopens.next(now);
    guard.reopens.open(reopens);
    transition::begin(&mut guard, Change { pause, evidence, ..Change::to(State::Open, reason, now) });
    if pause == Pause::Asked {
        ask(guard, reopens, now);
    } else {
        drop(guard);
    }
    transition::deliver(breaker);
}

/// Asks the user's function how long the breaker, which is already open, should stay open. If another thread has changed the state by
/// then, only the listeners need the answer.
fn ask(guard: Guard<'_>, reopens: u32, now: u64) {
    let (breaker, word) = (guard.breaker, guard.word);
    drop(guard);
    let pause = pause(breaker, retry::draw(&breaker.settings().retry, reopens, breaker.draw(now)));
    let mut guard = breaker.lock();
    // The opening may be over, or a command may have set a pause for it.
    let is_asking = matches!(guard.period, Period::Asking(asking) if asking == word);
    if is_asking && breaker.deadline.load(Ordering::Relaxed) == NEVER {
        guard.period = Period::Unrecorded;
        set_pause(&mut guard, pause, now);
    }
    if let Some(events) = &mut guard.events {
        events.complete(word.generation(), pause.retry_after());
    }
}

/// Sets how long the breaker, which is open, stays open from `now`. Readers see the old deadline or the new one: either will do.
pub(super) fn set_pause(guard: &mut Guard<'_>, pause: Pause, now: u64) {
    let (breaker, deadline) = (guard.breaker, pause.deadline(now));
    breaker.deadline.store(deadline, Ordering::Relaxed);
    let pause = Pause::For(deadline.saturating_sub(breaker.since.load(Ordering::Relaxed)));
    guard.reopens.pause(pause.left());
}

/// Opens the breaker by command, unless it is open already: for a pause that is drawn as if the rule had held.
pub(crate) fn trip(breaker: &Breaker) {
    let now = breaker.now();
    let guard = breaker.lock();
    if guard.word.state() != State::Open {
        open(guard, Reason::Trip, None, now);
    }
}

/// Opens the breaker by command, for `duration` from now. If it is already open, only its pause changes.
pub(crate) fn command(breaker: &Breaker, duration: Duration) {
    let now = breaker.now();
    let pause = pause(breaker, Some(nanos(duration)));
    let mut guard = breaker.lock();
    if guard.word.state() == State::Open {
        set_pause(&mut guard, pause, now);
        drop(guard);
        breaker.wake_waiters();
    } else {
        open_for(guard, Reason::OpenFor, None, pause, now);
    }
}

/// An opening before a restart.
pub(crate) struct EarlierOpening {
    /// How much of the pause is left; `None` if it is endless.
    pub(crate) left: Option<Duration>,
    /// For how long the pause has been over.
    pub(crate) overdue: Duration,
    /// How long the breaker has been open, capped at its pause.
    pub(crate) open_for: Duration,
    pub(crate) reopens: u32,
}

/// Opens the breaker, if it is closed, as it was before the program restarted. An endless pause is over if this breaker does retry.
/// Returns whether it has opened.
pub(crate) fn restore(breaker: &Breaker, opening: &EarlierOpening) -> bool {
    let now = breaker.now();
    let left = if is_never_retried(&breaker.settings()) {
        opening.left
    } else {
        opening.left.or(Some(Duration::ZERO))
    };
    let pause = match nanos(opening.overdue) {
        0 => pause(breaker, left.map(nanos)),
        overdue => Pause::Over(overdue),
    };
    let mut guard = breaker.lock();
    if guard.word.state() != State::Closed {
        return false;
    }
    guard.reopens.restore(opening.reopens, nanos(opening.open_for));
    transition::perform(guard, Change { pause, ..Change::to(State::Open, Reason::Restored, now) });
    true
}

/// Makes the breaker half-open, unless it already is: opens it if need be, and ends its pause at once.
#[cfg(feature = "test-util")]
pub(crate) fn try_again(breaker: &Breaker) {
    if breaker.word().state() != State::HalfOpen {
        trip(breaker);
    }
    let now = breaker.now();
    let guard = breaker.lock();
    if guard.word.state() == State::Open {
        transition::perform(guard, Change::to(State::HalfOpen, Reason::RetryDue, now));
    }
}

/// Whether the breaker is open, but its pause is over.
pub(crate) fn is_due(breaker: &Breaker) -> bool {
    breaker.word().state() == State::Open && left(breaker).is_none()
}

/// How long an open breaker will still refuse calls, or [`NEVER`]; `None` once its pause is over.
pub(super) fn left(breaker: &Breaker) -> Option<u64> {
    match breaker.deadline.load(Ordering::Relaxed) {
        NEVER => Some(NEVER),
        deadline => deadline.checked_sub(breaker.now()).filter(|&left| left > 0),
    }
}

/// Makes the breaker half-open if its pause is over, without a call.
#[cfg(feature = "tower")]
pub(crate) fn end_if_over(breaker: &Breaker) {
    let word = breaker.word();
    if word.state() == State::Open {
        end(breaker, word, breaker.now());
    }
}

/// Refuses a call, or makes the breaker half-open if its pause is over.
#[inline]
pub(super) fn admit(breaker: &Breaker, word: StateWord) -> Answer {
    let deadline = breaker.deadline.load(Ordering::Relaxed);
    if !breaker.was_still_in(word) {
        return Answer::LookAgain;
    }
    if deadline == NEVER {
        return Answer::Refused(NEVER);
    }
    let now = breaker.now();
    if now < deadline {
        return Answer::Refused(deadline - now);
    }
    end(breaker, word, now);
    Answer::Due(now)
}

/// Makes the breaker half-open, unless another call has done so, or the pause is not over.
#[cold]
#[inline(never)]
fn end(breaker: &Breaker, word: StateWord, now: u64) {
    let guard = breaker.lock();
    // A command may have extended the pause meanwhile.
    if guard.word == word && now >= breaker.deadline.load(Ordering::Relaxed) {
        transition::perform(guard, Change::to(State::HalfOpen, Reason::RetryDue, now));
    }
}
