//! The word that holds a breaker's state.

use crate::state::State;

/// A state and its generation in one word.
///
/// A generation is one period in a state: every transition begins a new one, and so does a reset. A call carries the word it was
/// admitted under, and its outcome counts only while the breaker still has the same word. Words of one generation are equal: whether
/// calls are timed and counted, and whether a fault strikes them, may change within it.
///
/// The lower bits are laid out so that the hot path admits a call with one test: they are all zero if the breaker is closed or
/// disabled, in use, does not time its calls, has no fault injected, and is not in the middle of a change.
#[derive(Clone, Copy, Debug)]
pub struct StateWord(pub(crate) u64);

impl PartialEq for StateWord {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        (self.0 ^ other.0) & !Self::MANNER == 0
    }
}

impl Eq for StateWord {}

impl StateWord {
    const STATE: u64 = 0b111;
    /// The breaker has not been used yet, and is not registered.
    const FRESH: u64 = 1 << 3;
    /// The rule needs durations: calls are timed.
    const TIMED: u64 = 1 << 4;
    /// A transition is being written; a reader that sees this waits for the lock.
    const CHANGING: u64 = 1 << 5;
    /// A [fault](super::fault) is injected.
    const FAULTY: u64 = 1 << 6;
    /// The bits that an admission looks at.
    const ADMISSION: u64 = (1 << 7) - 1;
    /// The time at which a call ends matters: calls are timed, the window is one of time, or the clock is the user's.
    const DATED: u64 = 1 << 7;
    /// Calls are counted, and therefore timed.
    const COUNTED: u64 = 1 << 8;
    /// How calls are recorded.
    const RECORDING: u64 = Self::TIMED | Self::TIMED_LATER | Self::DATED | Self::COUNTED;
    /// What may change within a generation.
    const MANNER: u64 = Self::RECORDING | Self::FAULTY;
    /// Only in a call's copy: the call's body runs within the [`nesting`](super::nesting) of its thread.
    const SCOPED: u64 = 1 << 9;
    /// Only in a call's copy: the thread was panicking already when the call was admitted, so that panic is not the call's.
    const UNWINDING: u64 = 1 << 10;
    /// Only in a call's copy: the fault has struck it. If it was admitted, it is to be delayed; otherwise it has failed.
    const STRUCK: u64 = 1 << 11;
    /// The breaker is disabled. To an admission it looks closed.
    const DISABLED: u64 = 1 << 12;
    /// In place of [`TIMED`](Self::TIMED) while it is disabled, and times no calls.
    const TIMED_LATER: u64 = 1 << 13;
    const GENERATION: u64 = 1 << 14;
    /// Only in a call's copy: the call is part of another one. No breaker is fresh and changing at once.
    const INNER: u64 = Self::FRESH | Self::CHANGING;

    /// A word that no breaker ever has.
    pub(crate) const NONE: Self = Self(u64::MAX);

    #[inline]
    pub(crate) const fn is_none(self) -> bool {
        self.0 == Self::NONE.0
    }

    /// The word of a breaker that has not been used yet.
    pub(crate) const fn first(timed: bool, dated: bool) -> Self {
        let timed = if timed { Self::TIMED | Self::DATED } else { 0 };
        let dated = if dated { Self::DATED } else { 0 };
        Self(Self::FRESH | timed | dated)
    }

    pub(crate) const fn state(self) -> State {
        match self.0 & Self::STATE {
            0 if self.0 & Self::DISABLED != 0 => State::Disabled,
            0 => State::Closed,
            1 => State::Open,
            2 => State::HalfOpen,
            3 => State::MetricsOnly,
            _ => State::ForcedOpen,
        }
    }

    pub(crate) const fn generation(self) -> u64 {
        self.0 / Self::GENERATION
    }

    #[inline]
    pub(crate) const fn admits_at_once(self) -> bool {
        self.0 & Self::ADMISSION == 0
    }

    /// Like [`admits_at_once`](Self::admits_at_once), for a breaker that times its calls.
    #[inline]
    pub(crate) const fn admits_timed(self) -> bool {
        self.0 & Self::ADMISSION == Self::TIMED
    }

    #[inline]
    pub(crate) const fn is_fresh(self) -> bool {
        self.0 & Self::FRESH != 0
    }

    pub(crate) const fn is_timed(self) -> bool {
        self.0 & Self::TIMED != 0
    }

    /// The word of a breaker for which the time at which a call ends matters, though its settings do not say so.
    pub(crate) const fn dated(self) -> Self {
        Self(self.0 | Self::DATED)
    }

    pub(crate) const fn is_dated(self) -> bool {
        self.0 & Self::DATED != 0
    }

    /// The same word, of a breaker that times calls, minds when they end, and counts them, or not.
    pub(crate) const fn recording(self, timed: bool, dated: bool, counted: bool) -> Self {
        let timed_bit = if timed { self.timed() } else { 0 };
        let dated = if timed || dated { Self::DATED } else { 0 };
        let word = Self(self.0 & !Self::RECORDING | timed_bit | dated);
        if counted { word.counted() } else { word }
    }

    /// The word of a breaker that counts its calls.
    pub(crate) const fn counted(self) -> Self {
        Self(self.0 | self.timed() | Self::DATED | Self::COUNTED)
    }

    /// The bit that says that calls are timed.
    const fn timed(self) -> u64 {
        if self.0 & Self::DISABLED == 0 { Self::TIMED } else { Self::TIMED_LATER }
    }

    pub(crate) const fn is_counted(self) -> bool {
        self.0 & Self::COUNTED != 0
    }

    /// Whether it is that of a closed breaker that does not count its calls.
    #[inline]
    pub(crate) const fn is_closed_uncounted(self) -> bool {
        self.0 & (Self::STATE | Self::DISABLED | Self::COUNTED) == 0
    }

    pub(crate) const fn is_changing(self) -> bool {
        self.0 & Self::CHANGING != 0
    }

    #[inline]
    pub(crate) const fn used(self) -> Self {
        Self(self.0 & !Self::FRESH)
    }

    pub(crate) const fn fresh(self) -> Self {
        Self(self.0 | Self::FRESH)
    }

    pub(crate) const fn changing(self) -> Self {
        Self(self.0 | Self::CHANGING)
    }

    /// The bit by which a fault is injected or removed.
    #[cfg(feature = "chaos")]
    pub(super) const FAULT: u64 = Self::FAULTY;

    #[cfg(feature = "chaos")]
    pub(super) const fn is_faulty(self) -> bool {
        self.0 & Self::FAULTY != 0
    }

    #[cfg(feature = "chaos")]
    pub(super) const fn struck(self) -> Self {
        Self(self.0 | Self::STRUCK)
    }

    #[inline]
    pub(crate) const fn is_struck(self) -> bool {
        self.0 & Self::STRUCK != 0
    }

    /// The copy of a call that has been delayed, or is not to be.
    #[cfg(all(feature = "chaos", feature = "tokio"))]
    pub(crate) const fn recovered(self) -> Self {
        Self(self.0 & !Self::STRUCK)
    }

    pub(crate) const fn scoped(self) -> Self {
        Self(self.0 | Self::SCOPED)
    }

    #[inline]
    pub(crate) const fn is_scoped(self) -> bool {
        self.0 & Self::SCOPED != 0
    }

    /// The word under which failures are counted, and not successes. No call of a closed breaker has a copy of its word like it.
    pub(crate) const fn failures(self) -> Self {
        Self(self.0 | Self::SCOPED)
    }

    /// The word under which refusals are counted: that of no call.
    pub(crate) const fn refusals(self) -> Self {
        self.changing()
    }

    pub(crate) const fn unwinding(self) -> Self {
        Self(self.0 | Self::UNWINDING)
    }

    pub(crate) const fn is_unwinding(self) -> bool {
        self.0 & Self::UNWINDING != 0
    }

    /// The breaker's word, from the copy of a call.
    pub(crate) const fn original(self) -> Self {
        Self(self.0 & !(Self::SCOPED | Self::UNWINDING | Self::STRUCK))
    }

    pub(crate) const fn inner(self) -> Self {
        Self(self.0 | Self::INNER)
    }

    pub(crate) const fn is_inner(self) -> bool {
        self.0 & Self::INNER == Self::INNER
    }

    /// Whether it is fresh, and not that of an inner call.
    #[inline]
    pub(crate) const fn is_just_fresh(self) -> bool {
        self.0 & Self::INNER == Self::FRESH
    }

    /// The word of the next generation, in the given state.
    pub(crate) const fn next(self, state: State) -> Self {
        let is_timed = self.0 & (Self::TIMED | Self::TIMED_LATER) != 0;
        let timed = if is_timed { Self::TIMED } else { 0 };
        let state = match state {
            State::Closed => timed,
            State::Open => timed | 1,
            State::HalfOpen => timed | 2,
            State::MetricsOnly => timed | 3,
            State::Disabled if is_timed => Self::DISABLED | Self::TIMED_LATER,
            State::Disabled => Self::DISABLED,
            State::ForcedOpen => timed | 4,
        };
        let generation = (self.0 & !(Self::GENERATION - 1)).wrapping_add(Self::GENERATION);
        Self(generation | (self.0 & (Self::DATED | Self::COUNTED | Self::FAULTY)) | state)
    }

    /// The mark of a healthy breaker with this word: its window is full and holds only fast successes, or it is disabled. If calls are
    /// not timed, the mark is the word itself, so that the hot path compares the two and is done. If they are timed, it differs from
    /// the word, because the call has yet to prove that it was fast.
    pub(crate) const fn healthy(self) -> Self {
        if self.is_timed() { Self(self.0 | Self::CHANGING) } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::{State, StateWord};

    const STATES: [State; 6] =
        [State::Closed, State::Open, State::HalfOpen, State::MetricsOnly, State::Disabled, State::ForcedOpen];

    #[test]
    fn a_word_keeps_its_state_and_moves_on() {
        let mut word = StateWord::first(false, false).used();
        for state in STATES {
            let next = word.next(state);
            assert_eq!(next.state(), state);
            assert_ne!(next, word);
            assert_eq!(next.admits_at_once(), matches!(state, State::Closed | State::Disabled));
            word = next;
        }
    }

    #[test]
    fn only_an_untimed_closed_used_breaker_admits_at_once_or_a_disabled_one() {
        assert!(StateWord::first(true, true).used().next(State::Disabled).admits_at_once());
        assert!(!StateWord::first(false, false).admits_at_once());
        assert!(StateWord::first(false, false).used().admits_at_once());
        assert!(!StateWord::first(true, false).used().admits_at_once());
        assert!(!StateWord::first(false, false).used().changing().admits_at_once());
    }

    #[test]
    fn only_a_timed_closed_used_breaker_admits_with_a_look_at_the_clock() {
        let timed = StateWord::first(true, false).used();
        assert!(timed.admits_timed() && timed.next(State::Closed).admits_timed());
        assert!(!timed.next(State::HalfOpen).admits_timed());
        assert!(!StateWord::first(true, false).admits_timed() && !timed.changing().admits_timed());
        assert!(!StateWord::first(false, false).used().admits_timed());
    }

    #[test]
    fn a_breaker_that_is_timed_or_dated_stays_so() {
        for (timed, dated) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut word = StateWord::first(timed, dated).used();
            for state in STATES.into_iter().flat_map(|state| STATES.map(|next| [state, next])).flatten() {
                word = word.next(state);
                let times = timed && state != State::Disabled;
                assert_eq!((word.is_timed(), word.is_dated()), (times, timed || dated));
            }
        }
        assert!(StateWord::first(false, true).used().admits_at_once(), "only the end of the call has a date");
    }

    #[test]
    fn how_calls_are_recorded_may_change_within_a_generation() {
        let word = StateWord::first(false, false).used();
        let counted = word.counted();
        assert!(word == counted && word.0 != counted.0);
        assert!(counted.is_timed() && counted.is_dated() && counted.is_counted() && !word.is_counted());
        assert!(counted.admits_timed() && !counted.admits_at_once() && counted.healthy().0 != counted.0);
        assert!(word.is_closed_uncounted() && !counted.is_closed_uncounted());
        assert!(!word.next(State::Open).is_closed_uncounted());
        assert!(counted.next(State::Open).is_counted() && counted != counted.next(State::Closed));
    }

    #[test]
    fn generations_are_counted() {
        let mut word = StateWord::first(true, false).used();
        for generation in 0..100 {
            assert_eq!(word.generation(), generation);
            assert_eq!(word.changing().generation(), generation);
            assert!(word.changing().is_changing());
            word = word.next(State::Closed);
            assert!(word.is_timed() && !word.is_fresh() && !word.is_changing());
        }
    }

    #[test]
    fn a_mark_of_health_is_of_one_word() {
        for word in [StateWord::first(false, false).used(), StateWord::first(true, false).used()] {
            let next = word.next(State::Closed);
            assert_eq!(word.healthy().0 == word.0, !word.is_timed());
            assert!(
                word.healthy() != StateWord::NONE
                    && word.healthy() != next.healthy()
                    && word.healthy() != next
            );
        }
    }
}
