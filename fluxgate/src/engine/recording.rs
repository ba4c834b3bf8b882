//! What follows from an outcome.
//!
//! Most outcomes change nothing, and the sooner that is known, the less the call costs. So each of these functions rules out what
//! it can with the little it has at hand, and calls the next, out of line, only for the rest:
//!
//! | function | what it rules out | what it needs |
//! |---|---|---|
//! | [`record`], inlined into the caller | a success of a healthy, untimed breaker | one load |
//! | [`record_undated`] | either that the time of the end matters, or that it does not | no stack frame |
//! | [`record_own`] | a success that its thread counts | the thread's number |
//! | [`record_shared`] | another call that a stripe counts | a few atomics |
//! | [`record_uncounted`] | all steps before the lock, if time does not matter | |
//! | [`record_dated`] | nothing: it reads the clock, if time matters | |
//! | [`record_timed`] | a fast success that changes nothing | one load |
//! | [`record_alike`] | a call that a stripe counts | a few atomics |
//! | [`record_journaled`] | a call that its thread enters into its journal | a few atomics |
//! | [`record_locked`] | anything but a plain call of a closed breaker | |
//! | [`record_closed`] | nothing: it records the outcome and acts on what follows | the lock |

use super::breaker::Breaker;
use super::counting::{self, Ended};
use super::evaluation::{Occasion, Step};
use super::guard::Guard;
use super::journal::JournalEntry;
use super::verdict::{follow, needs_time};
use super::window::finished_call::FinishedCall;
use super::word::StateWord;
use super::{closed, half_open, journals, manual, nesting, ramp};
use crate::state::{Outcome, State};
use crate::sync::Ordering;

/// Whether a success of a call admitted under `word` leaves everything as it is, as far as one load tells.
#[inline]
pub(crate) fn changes_nothing(breaker: &Breaker, word: StateWord) -> bool {
    breaker.healthy.load(Ordering::Acquire) == word.0
}

/// The same for a fast success of a timed call.
#[inline]
fn is_healthy(breaker: &Breaker, word: StateWord) -> bool {
    breaker.healthy.load(Ordering::Acquire) == word.healthy().0
}

/// Records the outcome of a call admitted under `word` at `start`.
#[inline]
pub(crate) fn record(breaker: &Breaker, word: StateWord, start: u64, outcome: Outcome) {
    if outcome == Outcome::Success && changes_nothing(breaker, word) {
        return;
    }
    record_undated(breaker, word, start, outcome);
}

/// The same for a success.
#[inline]
pub(crate) fn record_success(breaker: &Breaker, word: StateWord, start: u64) {
    if !changes_nothing(breaker, word) {
        record_success_undated(breaker, word, start);
    }
}

#[inline(never)]
fn record_success_undated(breaker: &Breaker, word: StateWord, start: u64) {
    record_undated(breaker, word, start, Outcome::Success);
}

#[inline(never)]
pub(crate) fn record_undated(breaker: &Breaker, word: StateWord, start: u64, outcome: Outcome) {
    // In this order, because counted successes are the most common here.
    if !word.may_be_counted() {
        record_uncounted(breaker, word, start, outcome);
    } else if outcome == Outcome::Success {
        record_own(breaker, word);
    } else {
        record_shared(breaker, word, outcome);
    }
}

#[inline(never)]
fn record_own(breaker: &Breaker, word: StateWord) {
    if !breaker.stripes().count_own_success(word) {
        record_shared(breaker, word, Outcome::Success);
    }
}

#[inline(never)]
fn record_shared(breaker: &Breaker, word: StateWord, outcome: Outcome) {
    if !counts(breaker, word, outcome) {
        record_uncounted(breaker, word, 0, outcome);
    }
}

#[inline(never)]
fn record_uncounted(breaker: &Breaker, word: StateWord, start: u64, outcome: Outcome) {
    // If no time matters, all of the following has just been ruled out.
    if !word.is_dated() && word.is_just_closed() {
        return record_locked(breaker, word, outcome, 0, 0);
    }
    record_dated(breaker, word, start, outcome);
}

#[inline(never)]
fn record_dated(breaker: &Breaker, word: StateWord, start: u64, outcome: Outcome) {
    // Like `ended`, in fewer instructions: each dated call comes here.
    let (nanos, now) = if word.is_timed() {
        let now = breaker.now().max(start);
        (now - start, now)
    } else {
        (0, if needs_time(word) { breaker.now() } else { 0 })
    };
    record_timed(breaker, word, outcome, nanos, now);
}

/// The duration of a call that ends now, if it is timed, and the time. `start` may come from a processor whose clock is slightly
/// ahead; no call ends before it began.
fn ended(breaker: &Breaker, word: StateWord, start: u64) -> (u64, u64) {
    let now = breaker.now().max(start);
    (if word.is_timed() { now - start } else { 0 }, now)
}

#[inline(never)]
fn record_timed(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    if outcome == Outcome::Success && breaker.is_fast(nanos) && is_healthy(breaker, word) {
        return;
    }
    record_alike(breaker, word, outcome, nanos, now);
}

#[inline(never)]
fn record_alike(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    if word.is_journaled() {
        return record_journaled(breaker, word, outcome, nanos, now);
    }
    if breaker.is_fast(nanos) && is_alike(breaker, word, outcome, now) {
        return;
    }
    record_locked(breaker, word, outcome, nanos, now);
}

#[inline(never)]
fn record_journaled(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    if !is_entered(breaker, outcome, nanos, now, |call| breaker.stripes().enter(word, call)) {
        record_locked(breaker, word, outcome, nanos, now);
    }
}

/// Whether a fast call that ended at `now` is one of many alike, and a stripe counts it.
#[inline]
fn is_alike(breaker: &Breaker, word: StateWord, outcome: Outcome, now: u64) -> bool {
    is_in_time(breaker, now) && counts(breaker, word, outcome)
}

/// Whether calls that end at `now` may skip the lock. The limit may be newer than the grants, but a call that sees the newer one no
/// longer finds them.
#[inline]
fn is_in_time(breaker: &Breaker, now: u64) -> bool {
    now < breaker.counts_until.load(Ordering::Acquire)
}

/// Whether a call is a fast one, and is entered into a journal.
#[inline]
fn is_entered(
    breaker: &Breaker,
    outcome: Outcome,
    nanos: u64,
    now: u64,
    enter: impl FnOnce(JournalEntry) -> bool,
) -> bool {
    let call = JournalEntry { failed: outcome == Outcome::Failure, nanos, end: now };
    outcome != Outcome::Ignored && breaker.is_fast(nanos) && is_in_time(breaker, now) && enter(call)
}

/// Whether a fast call that ended at `now` needs no lock: it is a success that changes nothing, or a stripe counts it.
#[inline]
fn needs_no_lock(breaker: &Breaker, word: StateWord, outcome: Outcome, now: u64) -> bool {
    outcome == Outcome::Success && is_healthy(breaker, word)
        || is_alike_out_of_line(breaker, word, outcome, now)
}

/// Out of line, so that what comes before needs no stack frame.
#[inline(never)]
fn is_alike_out_of_line(breaker: &Breaker, word: StateWord, outcome: Outcome, now: u64) -> bool {
    is_alike(breaker, word, outcome, now)
}

/// Whether a call with this outcome is one of many alike, of which only the number matters, and is counted as such.
#[inline]
fn counts(breaker: &Breaker, word: StateWord, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Success => breaker.stripes().count_success(word),
        Outcome::Failure => counts_failure(breaker, word),
        Outcome::Ignored => false,
    }
}

/// Out of line, so that successes need no stack frame.
#[inline(never)]
fn counts_failure(breaker: &Breaker, word: StateWord) -> bool {
    breaker.stripes().log(word) || breaker.stripes().count(word.failures())
}

/// Records an outcome under the lock, where the current state keeps it.
#[inline(never)]
fn record_locked(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    if outcome == Outcome::Ignored || !word.is_just_closed() {
        return record_otherwise(breaker, word, outcome, nanos, now);
    }
    record_closed(breaker, word, outcome, nanos, now);
}

/// Out of line, so that other calls need no stack frame in `record_locked`.
#[inline(never)]
fn record_closed(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    let guard = breaker.lock();
    if guard.word != word {
        end_call(guard, word, Some(outcome), nanos, now);
        return;
    }
    // While this thread waited for the lock, another may have reopened its journal. Or its calls use the shared journal, under the
    // lock.
    let enter = |call| journals::enter(breaker.stripes(), word, call);
    if guard.journals.are_any_open() && is_entered(breaker, outcome, nanos, now, enter) {
        return;
    }
    enter_closed(guard, outcome, nanos, now);
}

/// Records an outcome other than a plain success or failure of a closed breaker: without the lock, if it changes nothing. Counts it
/// if the breaker counts calls.
#[inline(never)]
fn record_otherwise(breaker: &Breaker, word: StateWord, outcome: Outcome, nanos: u64, now: u64) {
    if word.state() == State::Disabled {
        return;
    }
    let is_moot = match outcome {
        Outcome::Ignored => {
            // A part of a probe has another word, so it does nothing here: the probe may yet deal with the refusal.
            if nesting::was_refused_elsewhere(breaker, word) {
                half_open::make_room(breaker, word);
            }
            !word.runs()
        }
        Outcome::Success | Outcome::Failure => {
            word.is_counted()
                && nanos < breaker.watch().slow_from()
                && needs_no_lock(breaker, word, outcome, now)
        }
    };
    let is_late = !is_moot && end_call(breaker.lock(), word, Some(outcome), nanos, now);
    counting::count(breaker, word, Ended { outcome, is_late, nanos, now });
}

/// Records a failure with which the dependency has requested a pause, in nanoseconds. It always takes the lock: such failures are
/// rare, and this may be the one that opens the breaker.
#[cold]
#[inline(never)]
pub(crate) fn record_request(breaker: &Breaker, word: StateWord, start: u64, requested: u64) {
    if word.state() == State::Disabled {
        return;
    }
    let (nanos, now) = ended(breaker, word, start);
    let outcome = Outcome::Failure;
    let mut guard = breaker.lock();
    guard.requested = Some(requested);
    let is_late = end_call(guard, word, Some(outcome), nanos, now);
    counting::count(breaker, word, Ended { outcome, is_late, nanos, now });
}

/// Ends a call that was given up, and so has no outcome: it no longer runs, and a probe releases its slot.
#[cold]
pub(crate) fn give_back(breaker: &Breaker, word: StateWord, start: u64) {
    if !word.runs() && !word.is_counted() || word.state() == State::Disabled {
        return;
    }
    let (nanos, now) = ended(breaker, word, start);
    if word.runs() {
        // A trial needs to know how long it waited for the call, even if calls are not timed.
        end_call(breaker.lock(), word, None, now - start, now);
    }
    counting::count(breaker, word, Ended { outcome: Outcome::Ignored, is_late: false, nanos, now });
}

/// Records an outcome that was learnt without a call, if the current state records any.
pub(crate) fn record_alone(breaker: &Breaker, outcome: Outcome, nanos: u64) {
    let now = breaker.now();
    let guard = breaker.lock();
    let word = guard.word;
    if !word.state().records() {
        return;
    }
    let mut is_late = false;
    match outcome {
        Outcome::Ignored => drop(guard),
        Outcome::Success | Outcome::Failure => match half_open::learn(guard, now) {
            Some(guard) => {
                enter(guard, outcome, nanos, now);
                if word.state() == State::HalfOpen {
                    breaker.wake_waiters();
                }
            }
            None => is_late = true,
        },
    }
    counting::count(breaker, word, Ended { outcome, is_late, nanos, now });
}

/// Ends a call other than a plain one of a closed breaker: a probe, a part of one, a late one, or one without an outcome. `copy` is
/// its copy of the word. Returns whether an outcome came too late to count.
#[cold]
#[inline(never)]
fn end_call(mut guard: Guard<'_>, copy: StateWord, outcome: Option<Outcome>, nanos: u64, now: u64) -> bool {
    if copy.is_inner() {
        return false;
    }
    let (breaker, word) = (guard.breaker, copy.original());
    if copy.is_scoped() {
        nesting::leave(breaker, word);
    }
    let counted = outcome.filter(|outcome| *outcome != Outcome::Ignored);
    if guard.word != word {
        guard.counts.late += u64::from(counted.is_some());
        return counted.is_some();
    }
    if !copy.runs() {
        if let Some(outcome) = counted {
            enter(guard, outcome, nanos, now);
        }
        return false;
    }
    match half_open::end_call(guard, now - nanos, now, outcome) {
        None => return counted.is_some(),
        Some(guard) => {
            match counted {
                Some(outcome) => enter(guard, outcome, nanos, now),
                None => ramp::end_call(guard, now),
            }
            // There may be room for another call of the trial.
            if word.state() == State::HalfOpen {
                breaker.wake_waiters();
            }
        }
    }
    false
}

/// Records an outcome, and acts on what it leads to under the same lock, so that no other outcome comes between.
fn enter(mut guard: Guard<'_>, outcome: Outcome, nanos: u64, now: u64) {
    let call = FinishedCall::new(outcome == Outcome::Failure, nanos, &guard.memory().measures);
    let (occasion, step) = match guard.word.state() {
        State::Closed if guard.word.is_tracked() => closed::record_tracked(&mut guard, call, now),
        State::Closed => return enter_closed(guard, outcome, nanos, now),
        State::HalfOpen => half_open::record(&mut guard, call, now),
        State::MetricsOnly => manual::record(&mut guard, call, now),
        State::Open | State::Disabled | State::ForcedOpen => return,
    };
    guard.counts.record(&call);
    if !matches!(step, Step::Stay) || guard.running.find_slow(now) {
        follow(guard, occasion, step, now);
    }
}

#[inline]
fn enter_closed(mut guard: Guard<'_>, outcome: Outcome, nanos: u64, now: u64) {
    let call = FinishedCall::new(outcome == Outcome::Failure, nanos, &guard.memory().measures);
    guard.counts.record(&call);
    let step = closed::record(&mut guard, call, now);
    if !matches!(step, Step::Stay) {
        follow(guard, Occasion::Closed, step, now);
    }
}
