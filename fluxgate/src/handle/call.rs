//! An admitted call, and its outcome.

use core::fmt;
use std::mem::ManuallyDrop;

use crate::engine::breaker::Breaker;
use crate::engine::word::Word;
use crate::state::{Outcome, State};
use crate::sync::Ordering;

/// An admitted call, whose outcome is to be reported.
///
/// If it is dropped without a report, it counts as `on_panic` says (by default, a failure) while the thread is panicking, and
/// otherwise as `on_cancel` says (by default, ignored).
///
/// ```
/// # let breaker = fluxgate::CircuitBreaker::builder("payments").build()?;
/// let call = breaker.acquire()?;
/// match std::fs::read_to_string("Cargo.toml") {
///     Ok(_) => call.success(),
///     Err(_) => call.failure(),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping it at once says that the call was cancelled"]
pub struct Call<'a> {
    pub(crate) breaker: &'a Breaker,
    /// The state word it was admitted under: its outcome counts only while the breaker still has that word.
    pub(crate) word: Word,
    /// When it was admitted, if calls are timed.
    pub(crate) start: u64,
}

impl<'a> Call<'a> {
    /// A call that is not admitted yet. It has a word that no breaker ever has, so dropping it has no effect.
    #[inline]
    pub(crate) fn planned(breaker: &'a Breaker) -> Self {
        Self { breaker, word: Word::NONE, start: 0 }
    }

    #[inline]
    pub(crate) fn is_planned(&self) -> bool {
        self.word == Word::NONE
    }

    /// The breaker's state when it admitted the call: half-open for a probe.
    pub fn state(&self) -> State {
        self.word.state()
    }

    /// The breaker's generation when it admitted the call. Every transition and every reset increments the generation, and the
    /// outcome counts only while it is still the same.
    pub fn generation(&self) -> u64 {
        self.word.generation()
    }

    /// Reports that the dependency is well.
    #[inline]
    pub fn success(self) {
        self.record(Outcome::Success);
    }

    /// Reports that the dependency is not well.
    #[inline]
    pub fn failure(self) {
        self.record(Outcome::Failure);
    }

    /// Reports that the call says nothing about the dependency: it is not recorded, and its slot in a trial is given back.
    #[inline]
    pub fn ignore(self) {
        self.record(Outcome::Ignored);
    }

    /// Records that the caller no longer waits for the call.
    #[inline]
    pub(crate) fn cancel(self) {
        let call = ManuallyDrop::new(self);
        cancel(call.breaker, call.word, call.start);
    }

    /// Records the outcome that `judge` finds in `returned`, and returns the latter.
    #[inline]
    pub(crate) fn judge<R>(self, returned: R, judge: impl FnOnce(&R) -> Outcome) -> R {
        // Nothing here panics, but the compiler does not know that. With nothing to drop on unwinding, it can keep the value
        // in registers.
        let returned = ManuallyDrop::new(returned);
        self.record(judge(&returned));
        ManuallyDrop::into_inner(returned)
    }

    /// Reports the outcome of the call.
    #[inline]
    pub fn record(self, outcome: Outcome) {
        let call = ManuallyDrop::new(self);
        // The module `breaker` explains why nothing needs to be written here.
        if outcome == Outcome::Success && call.breaker.healthy.load(Ordering::Acquire) == call.word.0 {
            return;
        }
        call.breaker.record(call.word, call.start, outcome);
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("breaker", self.breaker.name())
            .field("state", &self.state())
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}

impl Drop for Call<'_> {
    #[inline]
    fn drop(&mut self) {
        // Field by field: a call whose address is never taken can stay in registers.
        abandon(self.breaker, self.word, self.start);
    }
}

#[cold]
#[inline(never)]
fn abandon(breaker: &Breaker, word: Word, start: u64) {
    if std::thread::panicking() {
        give_up(breaker, word, start, breaker.settings().on_panic);
    } else {
        cancel(breaker, word, start);
    }
}

#[cold]
#[inline(never)]
fn cancel(breaker: &Breaker, word: Word, start: u64) {
    give_up(breaker, word, start, breaker.settings().on_cancel);
}

/// Records the outcome of a call that was dropped without a report, unless it was never admitted.
fn give_up(breaker: &Breaker, word: Word, start: u64, outcome: Outcome) {
    if word != Word::NONE {
        breaker.record(word, start, outcome);
    }
}
