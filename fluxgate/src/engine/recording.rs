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

use fluxgate_rules::Metrics;
use fluxgate_rules::evaluate::{Customs, Situation, best};

use super::breaker::{Breaker, Guard};
use super::evaluation::{self, Step};
use super::open::open;
use super::window::finished_call::FinishedCall;
use super::word::StateWord;
use super::{closed, half_open, manual};
use crate::events::cause::Figures;
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
fn record_undated(breaker: &Breaker, word: StateWord, start: u64, outcome: Outcome) {
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

/// Enters an outcome where the current state keeps it, and acts on what it leads to, under the same lock, so that no other outcome
/// comes between.
#[inline(never)]
fn record_locked(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    let counts = outcome != Outcome::Ignored;
    let mut guard = breaker.lock();
    if guard.word != word || guard.period.is_opening() {
        guard.late += u64::from(counts && word.state() != State::Disabled);
        return;
    }
    if word.state() == State::HalfOpen {
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
    let step = match word.state() {
        State::Closed => closed::record(&mut guard, call, now),
        State::HalfOpen => half_open::record(&mut guard, call, now),
        State::MetricsOnly => manual::record(&mut guard, call, now),
        State::Open | State::Disabled | State::ForcedOpen => Step::Stay,
    };
    if !matches!(step, Step::Stay) {
        follow(guard, step, now);
    }
}

/// Acts on what an outcome led to. Only the rule's `custom` conditions are asked without the lock.
#[cold]
#[inline(never)]
fn follow(mut guard: Guard<'_>, step: Step, now: u64) {
    let breaker = guard.breaker;
    let half_open = guard.word.state() == State::HalfOpen;
    let metrics = guard.memory().metrics(&breaker.measures);
    match step {
        Step::Stay => {}
        Step::Pass => pass(guard, now),
        Step::Trip(more) => trip(guard, &metrics, more, Customs::NONE, now),
        Step::Ask => {
            let asked = guard.ask(|| evaluation::ask(breaker, &metrics, half_open));
            match asked {
                Some((guard, _)) if guard.period.is_opening() => {}
                Some((guard, Some(customs))) => trip(guard, &metrics, 0, customs, now),
                Some((guard, None)) => pass(guard, now),
                None => {}
            }
        }
    }
}

/// The rule does not hold.
fn pass(mut guard: Guard<'_>, now: u64) {
    match guard.word.state() {
        State::HalfOpen => half_open::pass(guard, now),
        State::MetricsOnly => manual::pass(&mut guard),
        _ => {}
    }
}

/// The rule holds for `metrics`, even with this many calls still to come, given these answers to its `custom` conditions.
fn trip(guard: Guard<'_>, metrics: &Metrics, more: u64, customs: Customs, now: u64) {
    let (breaker, word) = (guard.breaker, guard.word);
    let situation =
        Situation { half_open: word.state() == State::HalfOpen, metrics: &best(metrics, more), customs };
    let figures = Figures::of(breaker.nodes(), &situation, metrics);
    let Some(cause) = figures.cause(breaker.nodes()) else { return };
    let reason = Reason::Tripped(cause);
    if word.state() == State::MetricsOnly {
        return manual::report(guard, reason, *metrics);
    }
    let now = if needs_time(word) { now } else { breaker.now() };
    open(guard, reason, Some((figures, *metrics)), now);
}
