//! A refused call.

use super::error::{CallNotMade, CallNotPermitted};
use crate::engine::breaker::Breaker;
use crate::engine::word::StateWord;
use crate::events::cause::Figures;

/// A call was refused under `word`, which is marked as fresh, `left` nanoseconds before the next attempt. It stays in registers until it is
/// turned into a [`CallNotPermitted`].
pub struct Refusal<'a> {
    pub(super) breaker: &'a Breaker,
    pub(super) word: StateWord,
    pub(super) left: u64,
}

impl Refusal<'_> {
    /// Passes the [`CallNotPermitted`] to `then`. Kept out of line, so that callers reserve no stack for it.
    #[inline(always)]
    pub fn into_error<R>(self, then: impl FnOnce(CallNotPermitted) -> R) -> R {
        #[cold]
        #[inline(never)]
        fn pass<R>(
            breaker: &Breaker,
            word: StateWord,
            left: u64,
            then: impl FnOnce(CallNotPermitted) -> R,
        ) -> R {
            then(error(breaker, word, left))
        }
        rare(pass(self.breaker, self.word, self.left, then))
    }
}

#[inline(never)]
fn error(breaker: &Breaker, word: StateWord, left: u64) -> CallNotPermitted {
    let word = word.used();
    // The figures belong to this opening, and to this rule, only if the breaker is still open after both are read.
    let settings = breaker.lent_settings();
    let figures = if word.is_struck() { Figures::FAULT } else { breaker.figures(word) };
    CallNotPermitted { settings, state: word.state(), left, figures, source: CallNotMade::by(breaker) }
}

/// Returns rare results through memory of their own. If they were built in the place of the common result, that would have to be in memory
/// as well, and a result that is stored in parts and loaded as a whole stalls the processor for a dozen cycles.
#[inline(always)]
fn rare<T>(value: T) -> T {
    std::hint::black_box(value)
}
