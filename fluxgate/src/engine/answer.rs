//! The answer to a call that asks to be admitted.

use super::breaker::Breaker;
use super::nesting;
use super::word::StateWord;
#[cfg(feature = "chaos")]
use crate::clock::NEVER;

/// A state's answer to a call that asks to be admitted.
pub(super) enum Answer {
    Admitted,
    /// Admitted, as of this time.
    AdmittedAt(u64),
    /// Admitted within the body of another call, by a breaker that tracks running calls.
    Within,
    /// Admitted as part of another call, within its body.
    Inner,
    /// With the nanoseconds until the next attempt, or [`NEVER`].
    Refused(u64),
    /// The pause was over at this time, so the breaker has left the open state: look again.
    Due(u64),
    /// The state has changed: look again.
    LookAgain,
}

/// The final answer. It fits in two registers, because open breakers refuse often.
pub(crate) struct Admission {
    /// The word under which the call was admitted or refused; fresh if refused, since no call is admitted under a fresh word.
    word: StateWord,
    time: u64,
}

impl Admission {
    /// A call was admitted under `word` at `start`, which is 0 if calls are not timed.
    #[inline]
    pub(crate) fn admitted(word: StateWord, start: u64) -> Self {
        Self { word, time: start }
    }

    /// A call was refused under `word`, `left` nanoseconds before the next attempt.
    #[inline]
    pub(super) fn refused(word: StateWord, left: u64) -> Self {
        Self { word: word.fresh(), time: left }
    }

    /// A call was admitted under `word`, but a fault has failed it.
    #[cfg(feature = "chaos")]
    pub(super) fn failed(word: StateWord) -> Self {
        Self::refused(word.struck(), NEVER)
    }

    /// Whether a call was admitted, and is to be delayed.
    #[cfg(all(feature = "chaos", feature = "tokio"))]
    pub(crate) fn is_to_be_delayed(&self) -> bool {
        self.word.is_struck() && !self.word.is_fresh()
    }

    /// The admission after the delay.
    #[cfg(all(feature = "chaos", feature = "tokio"))]
    pub(crate) fn delayed(self) -> Self {
        if self.is_to_be_delayed() { Self { word: self.word.recovered(), ..self } } else { self }
    }

    /// Marks that the body of the call runs on this thread, if the call is a probe or tracked.
    #[inline]
    pub(crate) fn scoped(self, breaker: &Breaker) -> Self {
        if self.word.may_run() { self.scoped_call(breaker) } else { self }
    }

    #[inline(never)]
    fn scoped_call(self, breaker: &Breaker) -> Self {
        // Refused, part of another call, or not tracked.
        if self.word.is_fresh() || self.word.is_inner() || !self.word.runs() {
            return self;
        }
        nesting::enter(breaker, self.word);
        Self { word: self.word.scoped(), ..self }
    }

    /// `Ok` with the word and the start of an admitted call, `Err` with the word, still fresh, and the time left of a refused one.
    #[inline]
    pub(crate) fn into_result(self) -> Result<(StateWord, u64), (StateWord, u64)> {
        if self.word.is_fresh() { Err((self.word, self.time)) } else { Ok((self.word, self.time)) }
    }
}
