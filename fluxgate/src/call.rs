//! A call that was admitted, and what becomes of it.

use core::fmt;
use std::mem::ManuallyDrop;

use crate::breaker::Breaker;
use crate::state::{Outcome, State, Word};
use crate::sync::Ordering;

/// A call that was admitted: say what became of it.
///
/// Dropped without a word, it counts as the breaker's settings say: `on_panic` (a failure unless set) while the thread is
/// panicking, otherwise `on_cancel` (ignored unless set).
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
    /// Under which it was admitted: its outcome counts only while the breaker still has it.
    pub(crate) word: Word,
    /// When it was admitted, where calls are timed.
    pub(crate) start: u64,
}

impl<'a> Call<'a> {
    /// A call that has still to be admitted: as if under a word that no breaker ever has. Nothing becomes of it.
    #[inline]
    pub(crate) fn planned(breaker: &'a Breaker) -> Self {
        Self { breaker, word: Word::NONE, start: 0 }
    }

    #[inline]
    pub(crate) fn is_planned(&self) -> bool {
        self.word == Word::NONE
    }

    /// The state in which the breaker admitted it: half-open for a probe.
    pub fn state(&self) -> State {
        self.word.state()
    }

    /// The generation in which the breaker admitted it, which every transition and every reset increases. Its outcome counts only
    /// while that lasts.
    pub fn generation(&self) -> u64 {
        self.word.generation()
    }

    /// The dependency is well.
    #[inline]
    pub fn success(self) {
        self.record(Outcome::Success);
    }

    /// The dependency is not.
    #[inline]
    pub fn failure(self) {
        self.record(Outcome::Failure);
    }

    /// The call says nothing about the dependency: it is recorded nowhere, and its place in a trial is given back.
    #[inline]
    pub fn ignore(self) {
        self.record(Outcome::Ignored);
    }

    /// Nobody waits for it any more.
    #[inline]
    pub(crate) fn cancel(self) {
        let call = ManuallyDrop::new(self);
        cancel(call.breaker, call.word, call.start);
    }

    /// Says what became of the call by what it returned, and gives that back.
    #[inline]
    pub(crate) fn judge<R>(self, returned: R, judge: impl FnOnce(&R) -> Outcome) -> R {
        // Nothing panics here. The compiler does not know; but where nothing has to be dropped in case, it can keep what was
        // returned in registers.
        let returned = ManuallyDrop::new(returned);
        self.record(judge(&returned));
        ManuallyDrop::into_inner(returned)
    }

    /// Says what became of the call.
    #[inline]
    pub fn record(self, outcome: Outcome) {
        let call = ManuallyDrop::new(self);
        // See `breaker` for why nothing has to be written here.
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
        // Piece by piece: a call that nobody ever points to can stay in registers.
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

/// Says what became of a call that nobody did, unless it never came to be one.
fn give_up(breaker: &Breaker, word: Word, start: u64, outcome: Outcome) {
    if word != Word::NONE {
        breaker.record(word, start, outcome);
    }
}
