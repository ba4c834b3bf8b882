//! Breakers that count all their calls, even healthy ones, and report how each ended.

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

/// Counts a call that was admitted under `word` by a breaker that counts calls, and tells the audience.
#[inline]
pub(super) fn count(breaker: &Breaker, word: StateWord, ended: Ended) {
    if !word.is_counted() || word.is_inner() {
        return;
    }
    let Ended { outcome, is_late, .. } = ended;
    match outcome {
        Outcome::Success if !is_late => breaker.watch().calls().count_success(),
        Outcome::Ignored => breaker.watch().calls().count_ignored(),
        // Already counted under the lock.
        Outcome::Success | Outcome::Failure => {}
    }
    if audience::is_anyone() {
        announce_end(breaker, word, ended);
    }
}

#[cold]
#[inline(never)]
fn announce_end(breaker: &Breaker, word: StateWord, Ended { outcome, is_late, nanos, now }: Ended) {
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

/// Makes the breaker count the calls that it admits from now on.
///
/// This changes how calls are recorded, not the state, so the generation goes on, and calls that were admitted before still count.
pub(crate) fn begin(breaker: &Breaker) {
    let mut guard = breaker.lock();
    if guard.word.is_counted() {
        return;
    }
    prepare(breaker, breaker.measures().slow_from());
    guard.revoke_grants();
    breaker.slow_from.store(0, Ordering::Release);
    // A first call may be putting the breaker into use right now, without the lock.
    breaker.state.fetch_or(guard.word.used().counted().0, Ordering::Release);
}

/// Makes what counting needs. The caller holds the lock: whoever watched the breaker first may have read other settings without it.
pub(super) fn prepare(breaker: &Breaker, slow_from: u64) {
    let watch = breaker.watch();
    watch.calls();
    watch.set_slow_from(slow_from);
}

/// Whether all breakers count their calls. No model changes it.
static EVERYWHERE: AtomicBool = AtomicBool::new(false);

/// Makes all breakers count their calls, including future ones.
pub(crate) fn begin_everywhere() {
    EVERYWHERE.store(true, Ordering::Release);
    // A breaker that enters the registry after this looks at the flag after entering.
    for breaker in REGISTRY.live() {
        begin(&breaker);
    }
}

/// For a breaker that has just been put into use.
pub(crate) fn begin_if_everywhere(breaker: &Breaker) {
    if EVERYWHERE.load(Ordering::Acquire) {
        begin(breaker);
    }
}
