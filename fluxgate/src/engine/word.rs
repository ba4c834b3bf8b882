//! The word that holds a breaker's state.

use crate::state::State;

/// A state and its generation in one word.
///
/// A generation is one period in a state: every transition begins a new one, and so does a reset. A call carries the word it was
/// admitted under, and its outcome counts only while the breaker is still in that generation. Words of one generation compare
/// equal, though how calls are recorded, and whether a fault strikes them, may change within it.
///
/// The lower bits are laid out so that the hot path admits a call with one test: they are all zero if the breaker is closed or
/// disabled, in use, neither times nor tracks its calls, has no fault injected, and is not in the middle of a change.
#[derive(Clone, Copy, Debug)]
pub struct StateWord(pub(crate) u64);

impl PartialEq for StateWord {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        (self.0 ^ other.0) & !Self::VARIABLE == 0
    }
}

impl Eq for StateWord {}

impl StateWord {
    const STATE: u64 = 0b111;
    /// The state bits of a half-open breaker.
    const HALF_OPEN: u64 = 2;
    /// The breaker has not been used yet, and is not registered.
    const FRESH: u64 = 1 << 3;
    /// Calls are timed: for the rule, for `on_cancel`, or because they are counted.
    const TIMED: u64 = 1 << 4;
    /// A change is being written; a reader that sees this waits for the lock.
    const CHANGING: u64 = 1 << 5;
    /// A [fault](super::fault) is injected.
    pub(super) const FAULTY: u64 = 1 << 6;
    /// The rule asks which calls [are running](super::running).
    const TRACKED: u64 = 1 << 7;
    /// The bits that admission looks at.
    const ADMISSION: u64 = (1 << 8) - 1;
    /// The time at which a call ends matters: calls are timed, the window is one of time, the rule asks for `failing_for`, or the clock
    /// may be a user's.
    const DATED: u64 = 1 << 8;
    /// Calls are counted, and therefore timed.
    const COUNTED: u64 = 1 << 9;
    /// How calls are recorded.
    const RECORDING: u64 =
        Self::TIMED | Self::TIMED_LATER | Self::DATED | Self::COUNTED | Self::AVERAGED | Self::JOURNALED;
    /// What may change within a generation.
    const VARIABLE: u64 = Self::RECORDING | Self::FAULTY;
    /// Only in a call's copy: its body runs within the [`nesting`](super::nesting) of its thread.
    const SCOPED: u64 = 1 << 10;
    /// Only in a call's copy: the thread was already panicking when the call was admitted, so the panic is not the call's.
    const UNWINDING: u64 = 1 << 11;
    /// Only in a call's copy: the fault has struck it. If it was admitted, it is to be delayed; otherwise it has failed.
    const STRUCK: u64 = 1 << 12;
    /// Only in a call's copy: it was made within another call, which counts as running for both.
    const WITHIN: u64 = 1 << 13;
    /// The breaker is disabled. To admission it looks closed.
    const DISABLED: u64 = 1 << 14;
    /// Replaces [`TIMED`](Self::TIMED) while the breaker is disabled, and times no calls.
    const TIMED_LATER: u64 = 1 << 15;
    /// The rule may look at the average: durations are summed.
    const AVERAGED: u64 = 1 << 16;
    /// Calls come so fast that threads would contend for the lock: they use journals instead.
    const JOURNALED: u64 = 1 << 17;
    const GENERATION: u64 = 1 << 18;
    /// Only in a call's copy: it is part of another call. The bit is free, since no call is admitted during a change.
    const INNER: u64 = Self::CHANGING;

    /// A word that no breaker ever has.
    pub(crate) const NONE: Self = Self(u64::MAX);

    /// The word of a breaker that has not been used yet.
    pub(crate) const fn first(needs: Needs) -> Self {
        Self(Self::FRESH).recording(needs, false)
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

    pub(crate) const fn is_averaged(self) -> bool {
        self.0 & Self::AVERAGED != 0
    }

    /// The word of a breaker whose threads use journals, or do not.
    pub(super) const fn journaled(self, journaled: bool) -> Self {
        Self(if journaled { self.0 | Self::JOURNALED } else { self.0 & !Self::JOURNALED })
    }

    /// Whether calls that skip the lock are entered into journals.
    #[inline]
    pub(super) const fn is_journaled(self) -> bool {
        self.0 & (Self::AVERAGED | Self::JOURNALED) != 0
    }

    /// Makes the time at which calls end matter, though the settings do not ask for it.
    pub(crate) const fn dated(self) -> Self {
        Self(self.0 | Self::DATED)
    }

    pub(crate) const fn is_dated(self) -> bool {
        self.0 & Self::DATED != 0
    }

    /// Whether outcomes may be counted without looking at the clock or the running calls.
    #[inline]
    pub(crate) const fn may_be_counted(self) -> bool {
        self.0 & (Self::DATED | Self::TRACKED) == 0
    }

    /// The same word for a breaker with these needs, which counts its calls or not.
    pub(crate) const fn recording(self, needs: Needs, counted: bool) -> Self {
        let Needs { timing, dated, tracked } = needs;
        let (timed, averaged) = match timing {
            Timing::None => (0, 0),
            Timing::Each => (self.timed(), 0),
            Timing::Average => (self.timed(), Self::AVERAGED),
        };
        let dated = if timed != 0 || dated { Self::DATED } else { 0 };
        let tracked = if tracked { Self::TRACKED } else { 0 };
        let word = Self(self.0 & !(Self::RECORDING | Self::TRACKED) | timed | averaged | dated | tracked);
        if counted { word.counted() } else { word }
    }

    /// The word of a breaker that counts its calls.
    pub(crate) const fn counted(self) -> Self {
        Self(self.0 | self.timed() | Self::DATED | Self::COUNTED)
    }

    /// The bit that marks calls as timed.
    const fn timed(self) -> u64 {
        if self.0 & Self::DISABLED == 0 { Self::TIMED } else { Self::TIMED_LATER }
    }

    pub(crate) const fn is_counted(self) -> bool {
        self.0 & Self::COUNTED != 0
    }

    /// Whether the breaker tracks running calls.
    pub(crate) const fn is_tracked(self) -> bool {
        self.0 & (Self::TRACKED | Self::DISABLED) == Self::TRACKED
    }

    /// The copy of a call made within another one.
    pub(super) const fn within(self) -> Self {
        Self(self.0 | Self::WITHIN)
    }

    /// Whether the call counts as a running one.
    pub(super) const fn runs(self) -> bool {
        (self.is_tracked() || self.0 & Self::STATE == Self::HALF_OPEN) && self.0 & Self::WITHIN == 0
    }

    /// Whether the call may count as a running one, in one test that is also right for refused calls.
    #[inline]
    pub(super) const fn may_run(self) -> bool {
        self.0 & (Self::HALF_OPEN | Self::TRACKED) != 0
    }

    /// Whether the breaker is closed and neither counts nor tracks its calls.
    #[inline]
    pub(crate) const fn is_just_closed(self) -> bool {
        self.0 & (Self::STATE | Self::DISABLED | Self::COUNTED | Self::TRACKED) == 0
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

    pub(crate) const fn unscoped(self) -> Self {
        Self(self.0 & !Self::SCOPED)
    }

    #[inline]
    pub(crate) const fn is_scoped(self) -> bool {
        self.0 & Self::SCOPED != 0
    }

    /// The word under which failures are counted, rather than successes. No call of a closed breaker has an equal copy.
    pub(crate) const fn failures(self) -> Self {
        Self(self.0 | Self::SCOPED)
    }

    /// The word under which refusals are counted. It belongs to no call, and to no breaker.
    pub(crate) const fn refusals(self) -> Self {
        self.fresh().changing()
    }

    pub(crate) const fn unwinding(self) -> Self {
        Self(self.0 | Self::UNWINDING)
    }

    pub(crate) const fn is_unwinding(self) -> bool {
        self.0 & Self::UNWINDING != 0
    }

    /// The breaker's word, from the copy of a call.
    pub(crate) const fn original(self) -> Self {
        Self(self.0 & !(Self::SCOPED | Self::UNWINDING | Self::STRUCK | Self::WITHIN))
    }

    pub(crate) const fn inner(self) -> Self {
        Self(self.0 | Self::INNER)
    }

    pub(crate) const fn is_inner(self) -> bool {
        self.0 & Self::INNER != 0
    }

    /// The word of the next generation, in the given state.
    pub(crate) const fn next(self, state: State) -> Self {
        let is_timed = self.0 & (Self::TIMED | Self::TIMED_LATER) != 0;
        let timed = if is_timed { Self::TIMED } else { 0 };
        let state = match state {
            State::Closed => timed,
            State::Open => timed | 1,
            State::HalfOpen => timed | Self::HALF_OPEN,
            State::MetricsOnly => timed | 3,
            State::Disabled if is_timed => Self::DISABLED | Self::TIMED_LATER,
            State::Disabled => Self::DISABLED,
            State::ForcedOpen => timed | 4,
        };
        let generation = (self.0 & !(Self::GENERATION - 1)).wrapping_add(Self::GENERATION);
        let kept = Self::TRACKED | Self::DATED | Self::AVERAGED | Self::COUNTED | Self::FAULTY;
        Self(generation | self.0 & kept | state)
    }

    /// The mark of a healthy breaker with this word: its window is full and holds only fast successes, or it is disabled. If calls
    /// are not timed, the mark is the word itself, so that the hot path only has to compare the two. If they are timed, it differs,
    /// because the call has yet to prove that it was fast.
    pub(crate) const fn healthy(self) -> Self {
        if self.is_timed() { Self(self.0 | Self::CHANGING) } else { self }
    }
}

/// What a breaker's settings need to know about its calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    pub(crate) timing: Timing,
    /// When they end.
    pub(crate) dated: bool,
    /// Which of them are running.
    pub(crate) tracked: bool,
}

/// What has to be known about the durations of calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Timing {
    None,
    /// Whether each was slow.
    Each,
    /// Also how long all of them took together.
    Average,
}

#[cfg(test)]
mod tests {
    use super::{Needs, State, StateWord, Timing};

    fn first(timed: bool, dated: bool) -> StateWord {
        StateWord::first(Needs {
            timing: if timed { Timing::Each } else { Timing::None },
            dated,
            tracked: false,
        })
    }

    #[test]
    fn each_next_word_has_its_state_and_a_new_generation() {
        let mut word = first(false, false).used();
        for state in State::ALL {
            let next = word.next(state);
            assert_eq!(next.state(), state);
            assert_ne!(next, word);
            assert_eq!(next.admits_at_once(), matches!(state, State::Closed | State::Disabled));
            word = next;
        }
    }

    #[test]
    fn only_a_used_untimed_closed_breaker_or_a_disabled_one_admits_at_once() {
        assert!(first(true, true).used().next(State::Disabled).admits_at_once());
        assert!(!first(false, false).admits_at_once());
        assert!(first(false, false).used().admits_at_once());
        assert!(!first(true, false).used().admits_at_once());
        assert!(!first(false, false).used().changing().admits_at_once());
    }

    #[test]
    fn only_a_used_timed_closed_breaker_admits_timed() {
        let timed = first(true, false).used();
        assert!(timed.admits_timed() && timed.next(State::Closed).admits_timed());
        assert!(!timed.next(State::HalfOpen).admits_timed());
        assert!(!first(true, false).admits_timed() && !timed.changing().admits_timed());
        assert!(!first(false, false).used().admits_timed());
    }

    #[test]
    fn a_breaker_that_is_timed_or_dated_stays_so() {
        for (timed, dated) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut word = first(timed, dated).used();
            for state in
                State::ALL.into_iter().flat_map(|state| State::ALL.map(|next| [state, next])).flatten()
            {
                word = word.next(state);
                let times = timed && state != State::Disabled;
                assert_eq!((word.is_timed(), word.is_dated()), (times, timed || dated));
            }
        }
        assert!(first(false, true).used().admits_at_once(), "only the end of the call has a date");
    }

    #[test]
    fn how_calls_are_recorded_may_change_within_a_generation() {
        let word = first(false, false).used();
        let counted = word.counted();
        assert!(word == counted && word.0 != counted.0);
        assert!(counted.is_timed() && counted.is_dated() && counted.is_counted() && !word.is_counted());
        assert!(counted.admits_timed() && !counted.admits_at_once() && counted.healthy().0 != counted.0);
        assert!(word.is_just_closed() && !counted.is_just_closed());
        assert!(!word.next(State::Open).is_just_closed());
        assert!(counted.next(State::Open).is_counted() && counted != counted.next(State::Closed));
    }

    #[test]
    fn generations_are_counted() {
        let mut word = first(true, false).used();
        for generation in 0..100 {
            assert_eq!(word.generation(), generation);
            assert_eq!(word.changing().generation(), generation);
            assert!(word.changing().is_changing());
            word = word.next(State::Closed);
            assert!(word.is_timed() && !word.is_fresh() && !word.is_changing());
        }
    }

    #[test]
    fn each_healthy_mark_belongs_to_one_word() {
        for word in [first(false, false).used(), first(true, false).used()] {
            let next = word.next(State::Closed);
            assert_eq!(word.healthy().0 == word.0, !word.is_timed());
            assert!(
                word.healthy() != StateWord::NONE
                    && word.healthy() != next.healthy()
                    && word.healthy() != next
            );
        }
    }

    #[test]
    fn calls_are_tracked_in_every_state_but_disabled() {
        let mut word = StateWord::first(Needs { timing: Timing::None, dated: false, tracked: true }).used();
        for state in State::ALL {
            word = word.next(state);
            assert!(word.is_tracked() != (state == State::Disabled) && !word.admits_at_once());
            assert!(!word.is_just_closed());
            // A call within another one belongs to the same generation.
            assert!(word.within().original().0 == word.0 && !word.within().runs());
            assert_eq!(word.runs(), state != State::Disabled);
            assert!(word.may_run());
        }
        let untracked = first(false, false).used();
        assert!(!untracked.runs() && !untracked.may_run());
        assert!(untracked.next(State::HalfOpen).runs() && untracked.next(State::HalfOpen).may_run());
        assert!(!untracked.next(State::Open).may_run());
        assert!(
            !word.recording(Needs { timing: Timing::None, dated: false, tracked: false }, false).is_tracked()
        );
    }
}
