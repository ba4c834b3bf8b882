//! Breakers that count all their calls, also the healthy ones, and tell of their ends.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::breaker::Breaker;
use super::registry::REGISTRY;
use super::word::StateWord;
use crate::events::audience;
use crate::events::event::EndedCall;
use crate::state::Outcome;
use crate::sync::Ordering;

/// How a call ended.
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) is_late: bool,
    pub(super) nanos: u64,
    pub(super) now: u64,
}

/// Counts a call that was admitted under `word`, if that counts calls and it is not part of another one, and tells the audience.
#[inline]
pub(super) fn count(breaker: &Breaker, word: StateWord, ended: Ended) {
    if !word.is_counted() || word.is_inner() {
        return;
    }
    let Ended { outcome, is_late, .. } = ended;
    match outcome {
        Outcome::Success if !is_late => breaker.watch().calls().count_success(),
        Outcome::Ignored => breaker.watch().calls().count_ignored(),
        // Counted under the lock.
        Outcome::Success | Outcome::Failure => {}
    }
    if audience::is_anyone() {
        tell(breaker, word, ended);
    }
}

#[cold]
#[inline(never)]
fn tell(breaker: &Breaker, word: StateWord, Ended { outcome, is_late, nanos, now }: Ended) {
    audience::tell_end(breaker.audience(), || EndedCall {
        breaker: breaker.name().clone(),
        generation: word.generation(),
        at: Duration::from_nanos(now),
        state: word.state(),
        outcome,
        late: is_late,
        duration: Duration::from_nanos(nanos),
    });
}

/// Lets the breaker count its calls from now on: those that it admits from now on.
///
/// It is a change of how calls are recorded, and not of state, so the generation goes on: calls that were admitted before count as ever.
pub(crate) fn begin(breaker: &Breaker) {
    let mut guard = breaker.lock();
    if guard.word.is_counted() {
        return;
    }
    breaker.watch().calls();
    guard.revoke_grants();
    breaker.slow_from.store(0, Ordering::Release);
    // A first call puts the breaker into use without the lock, perhaps now.
    breaker.state.fetch_or(guard.word.used().counted().0, Ordering::Release);
}

/// Whether all breakers count their calls. Changed by no model.
static EVERYWHERE: AtomicBool = AtomicBool::new(false);

/// Lets all breakers count their calls, those to come as well.
pub(crate) fn begin_everywhere() {
    EVERYWHERE.store(true, Ordering::Release);
    // One that enters the registry only after this looks at the mark after that.
    for breaker in REGISTRY.live() {
        begin(&breaker);
    }
}

/// To be called for a breaker that has just been put into use.
pub(crate) fn begin_if_everywhere(breaker: &Breaker) {
    if EVERYWHERE.load(Ordering::Acquire) {
        begin(breaker);
    }
}
