//! One counter of identical calls.

use super::word::StateWord;
use crate::sync::{AtomicU64, Ordering, const_unless_model};

/// The count, below the word of the calls that it counts, so that no call of another generation is counted.
pub(crate) struct Stripe {
    count: AtomicU64,
    /// How many it may count.
    limit: AtomicU64,
}

/// The number of bits of the count.
const COUNT_BITS: u32 = 20;
/// The most that a stripe counts in a season.
pub(super) const LARGEST: u64 = (1 << COUNT_BITS) - 1;
/// The value of a stripe that is open to no word.
const CLOSED: u64 = u64::MAX;

/// What became of an attempt to count a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Counting {
    Counted,
    /// The stripe is not open to such a call, or has reached its limit.
    Closed,
    /// Another thread used the stripe at the same time.
    Contended,
}

impl Stripe {
    const_unless_model! {
        pub(super) const fn closed() -> Self {
            Self { count: AtomicU64::new(CLOSED), limit: AtomicU64::new(0) }
        }
    }

    #[inline]
    pub(super) fn count(&self, word: StateWord) -> Counting {
        let seen = self.count.load(Ordering::Acquire);
        // For any other word, the difference is larger than any count.
        let counted = seen.wrapping_sub(word.0 << COUNT_BITS);
        if counted >= LARGEST || counted >= self.limit.load(Ordering::Relaxed) {
            return Counting::Closed;
        }
        match self.count.compare_exchange(seen, seen + 1, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => Counting::Counted,
            Err(_) => Counting::Contended,
        }
    }

    /// The same, retrying while contended.
    #[inline]
    pub(super) fn count_surely(&self, word: StateWord) -> bool {
        loop {
            match self.count(word) {
                Counting::Counted => return true,
                Counting::Closed => return false,
                Counting::Contended => {}
            }
        }
    }

    /// How many calls of `word` it has counted in this season; `None` if it is not open to them.
    #[inline]
    pub(super) fn counted_of(&self, word: StateWord) -> Option<u64> {
        let counted = self.count.load(Ordering::Acquire).wrapping_sub(word.0 << COUNT_BITS);
        (counted <= LARGEST).then_some(counted)
    }

    /// Opens the stripe, which must be closed, to `number` calls of `word`.
    pub(super) fn open(&self, word: StateWord, number: u64) {
        self.limit.store(number, Ordering::Relaxed);
        self.count.store(word.0 << COUNT_BITS, Ordering::Release);
    }

    /// The same, but to not one call more, even if threads have stalled since they looked at the stripe in an earlier season: if the
    /// value they saw recurs, they count under the limit they saw. But no stripe counts beyond [`LARGEST`], so this one starts `number`
    /// below it. Returns the starting count.
    pub(super) fn open_to_exactly(&self, word: StateWord, number: u64) -> u64 {
        let first = LARGEST.saturating_sub(number);
        self.limit.store(LARGEST, Ordering::Relaxed);
        self.count.store((word.0 << COUNT_BITS) + first, Ordering::Release);
        first
    }

    /// Sets the count back by `number`, but not below zero. Returns by how much. The stripe must have been opened to an exact
    /// number.
    pub(super) fn set_back(&self, number: u64) -> u64 {
        let number = number.min(self.counted());
        self.count.fetch_sub(number, Ordering::Release);
        number
    }

    /// Allows `number` more calls than counted so far. The stripe must be open.
    pub(super) fn allow(&self, number: u64) {
        self.limit.store(self.counted().saturating_add(number), Ordering::Relaxed);
    }

    /// Whether it has reached its limit.
    pub(super) fn is_at_limit(&self) -> bool {
        self.counted() >= self.limit.load(Ordering::Relaxed)
    }

    /// How many calls the stripe, which must be open, has counted in this season.
    pub(super) fn counted(&self) -> u64 {
        self.count.load(Ordering::Acquire) & LARGEST
    }

    /// Closes the stripe, which must be open. Returns how many calls it has counted.
    pub(super) fn close(&self) -> u64 {
        self.count.swap(CLOSED, Ordering::AcqRel) & LARGEST
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{COUNT_BITS, Counting, LARGEST, Stripe};
    use crate::engine::word::{Needs, StateWord, Timing};
    use crate::state::State;
    use std::sync::atomic::Ordering;

    const FIRST: StateWord = StateWord::first(Needs { timing: Timing::None, dated: false, tracked: false });

    #[test]
    fn a_stripe_counts_only_calls_of_its_word_and_no_more_than_allowed() {
        let word = FIRST.used().next(State::Closed);
        let (before, after) = (FIRST.used(), word.next(State::Closed));
        let stripe = Stripe::closed();
        let counts = |word| stripe.count(word) == Counting::Counted;
        assert!([word, before, StateWord(0), StateWord::NONE].iter().all(|word| !counts(*word)));
        for number in [0, 1, 3] {
            stripe.open(word, number);
            for other in [before, after, word.failures(), StateWord(0), StateWord::NONE] {
                assert!(!counts(other) && stripe.counted_of(other).is_none());
            }
            assert!((0..number).all(|_| counts(word)));
            assert_eq!((stripe.count(word), stripe.counted_of(word)), (Counting::Closed, Some(number)));
            assert!(stripe.is_at_limit());
            stripe.allow(1);
            assert!(!stripe.is_at_limit());
            assert!(counts(word) && !counts(word));
            assert_eq!((stripe.counted(), stripe.close()), (number + 1, number + 1));
            assert!(!counts(word) && stripe.counted_of(word).is_none());
        }
        stripe.open(word, u64::MAX);
        stripe.count.store((word.0 << COUNT_BITS) + LARGEST - 1, Ordering::Relaxed);
        assert!(counts(word) && !counts(word) && stripe.close() == LARGEST);
    }
}
