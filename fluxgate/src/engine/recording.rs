//! What follows from an outcome.
//!
//! Most outcomes change nothing, and the sooner that is known, the less the call costs. So each of these functions rules out what
//! it can with what little it has at hand, and calls the next, which is out of line, only for the rest:
//!
//! | function | what it rules out | what it needs |
//! |---|---|---|
//! | [`record`], inlined into the caller | a success of an untimed breaker that is healthy | one load |
//! | [`record_undated`] | a success that takes from the allowance, if its time does not matter | no stack frame |
//! | [`record_dated`] | nothing: it reads the clock, if the time matters | |
//! | [`record_timed`] | a fast success that changes nothing, or takes from the allowance or a stripe | a few atomics |
//! | [`record_locked`] | nothing: it enters the outcome and acts on what follows | the lock |

use super::breaker::Breaker;
use super::evaluation::{self, Decision, Step};
use super::open::open;
use super::window::memory::FinishedCall;
use super::word::StateWord;
use super::{closed, half_open, manual};
use crate::events::transition::Reason;
use crate::state::{Outcome, State};
use crate::sync::Ordering;

/// Whether the end time of a call admitted under `word` matters.
fn needs_time(word: StateWord) -> bool {
    word.is_dated() || word.state() == State::HalfOpen
}

/// Records the outcome of a call that was admitted under `word` at the time `start`.
#[inline]
pub(crate) fn record(breaker: &Breaker, word: StateWord, start: u64, outcome: Outcome) {
    if outcome == Outcome::Success && breaker.healthy.load(Ordering::Acquire) == word.0 {
        return;
    }
    record_undated(breaker, word, start, outcome);
}

#[inline(never)]
pub(crate) fn record_undated(breaker: &Breaker, word: StateWord, start: u64, outcome: Outcome) {
    // Tested first, because this is the most common case here.
    if outcome == Outcome::Success && !word.is_dated() && breaker.unrecorded.take_undated(word) {
        return;
    }
    record_dated(breaker, word, start, outcome);
}

#[inline(never)]
fn record_dated(breaker: &Breaker, word: StateWord, start: u64, outcome: Outcome) {
    let now = if needs_time(word) { breaker.now() } else { 0 };
    let nanos = if word.is_timed() { now.saturating_sub(start) } else { 0 };
    record_timed(breaker, word, outcome, nanos, now);
}

#[inline(never)]
fn record_timed(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    if outcome == Outcome::Success && breaker.measures.is_fast(nanos) {
        let is_healthy = breaker.healthy.load(Ordering::Acquire) == word.healthy().0;
        if is_healthy || breaker.unrecorded.take(word, now) {
            return;
        }
    }
    record_locked(breaker, word, outcome, nanos, now);
}

/// Enters an outcome where the current state keeps it, and acts on the decision, under the same lock, so that no other outcome comes
/// between. Only a user's function is called without it.
#[inline(never)]
fn record_locked(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    let counts = outcome != Outcome::Ignored;
    let state = word.state();
    let mut guard = breaker.lock();
    if guard.word != word || guard.period.is_opening() {
        guard.late += u64::from(counts && state != State::Disabled);
        return;
    }
    if state == State::HalfOpen {
        half_open::release(&mut guard);
        if half_open::is_overdue(breaker, now) {
            guard.late += u64::from(counts);
            return open(guard, Reason::HalfOpenTimeout, None, now);
        }
    }
    if !counts {
        return;
    }
    let call = FinishedCall::new(outcome == Outcome::Failure, nanos, &breaker.measures);
    let step = match state {
        State::Closed => closed::record(&mut guard, call, now),
        State::HalfOpen => half_open::record(&mut guard, call, now),
        State::MetricsOnly => manual::record(&mut guard, call, now),
        State::Open | State::Disabled | State::ForcedOpen => Step::Stay,
    };
    if let Step::Stay = step {
        return;
    }
    let is_half_open = state == State::HalfOpen;
    let metrics = guard.memory().metrics(&breaker.measures);
    let decision = match step {
        Step::Stay => return,
        Step::Decide(decision) => decision,
        Step::Ask => {
            let asked = guard.ask(|| evaluation::ask(breaker, &metrics, is_half_open));
            let Some((retaken, decision)) = asked else { return };
            guard = retaken;
            if guard.period.is_opening() {
                return;
            }
            decision
        }
    };
    match decision {
        Decision::Trip(more, customs) => {
            let figures = evaluation::figures(breaker, &metrics, is_half_open, more, customs);
            let Some(cause) = figures.cause(breaker.nodes()) else { return };
            let reason = Reason::Tripped(cause);
            if state == State::MetricsOnly {
                manual::report(guard, reason, metrics);
            } else {
                let now = if needs_time(word) { now } else { breaker.now() };
                open(guard, reason, Some((figures, metrics)), now);
            }
        }
        Decision::Pass => match state {
            State::HalfOpen => half_open::pass(guard, now),
            State::MetricsOnly => manual::pass(&mut guard),
            _ => {}
        },
    }
}
