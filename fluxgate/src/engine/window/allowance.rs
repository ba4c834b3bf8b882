//! Successes that only move a count window forward.

use crate::engine::word::StateWord;
use crate::sync::{AtomicU64, Ordering, const_unless_model};

/// How many more fast successes would push out nothing but fast successes.
///
/// While the window is full and the last call did not fail, such a success changes nothing that a rule can ask for: it only moves
/// the window forward by one. So it is not recorded, but takes one from the allowance, without the lock. Before any other call is
/// recorded, the rest of the allowance is reclaimed, which tells how far to move the window. So in the order of all calls, a
/// success that took from the allowance comes before that other call, and a later success finds nothing to take and is recorded.
///
/// The allowance is granted and reclaimed under the breaker's lock; only [`take`](Self::take) is called without it.
pub(crate) struct Allowance(AtomicU64);

/// The number of bits of the count. Above them is the word whose calls may take, so that no call of another generation does.
const NUMBER: u32 = 20;
const LARGEST: u64 = (1 << NUMBER) - 1;

impl Allowance {
    const_unless_model! {
        pub(crate) const fn none() -> Self {
            Self(AtomicU64::new(0))
        }
    }

    /// Takes one for a call admitted under `word`. If there is none, returns `false`, and the call must be recorded.
    #[inline]
    pub(crate) fn take(&self, word: StateWord) -> bool {
        let mut seen = self.0.load(Ordering::Acquire);
        loop {
            // If the word is another, the difference is larger than any count.
            let left = seen.wrapping_sub(word.0 << NUMBER);
            if left.wrapping_sub(1) >= LARGEST {
                return false;
            }
            match self.0.compare_exchange_weak(seen, seen - 1, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
    }

    /// Grants `number` calls of `word`, at most a million. The previous allowance must have been reclaimed.
    #[inline]
    pub(crate) fn grant(&self, word: StateWord, number: u32) {
        self.0.store(word.0 << NUMBER | u64::from(number), Ordering::Release);
    }

    /// Takes back what is left.
    #[inline]
    pub(crate) fn reclaim(&self) -> u32 {
        // If none is left, no thread can take one meanwhile.
        let number = |value: u64| (value & LARGEST) as u32;
        match number(self.0.load(Ordering::Acquire)) {
            0 => 0,
            _ => number(self.0.swap(0, Ordering::AcqRel)),
        }
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{Allowance, LARGEST};
    use crate::engine::word::StateWord;
    use crate::state::State;

    #[test]
    fn only_calls_of_its_word_take_from_an_allowance_and_no_more_than_was_granted() {
        let word = StateWord::first(false, false).used().next(State::Closed);
        let (before, after) = (StateWord::first(false, false).used(), word.next(State::Closed));
        let allowance = Allowance::none();
        assert!(!allowance.take(word) && allowance.reclaim() == 0);
        for number in [0, 1, 3] {
            allowance.grant(word, number);
            assert!(!allowance.take(before) && !allowance.take(after) && !allowance.take(StateWord::NONE));
            assert!((0..number).all(|_| allowance.take(word)));
            assert!(!allowance.take(word));
            assert_eq!(allowance.reclaim(), 0);
        }
        allowance.grant(word, 1_000_000);
        assert!(allowance.take(word) && allowance.take(word));
        assert_eq!(allowance.reclaim(), 999_998);
        assert!(!allowance.take(word) && allowance.reclaim() == 0);
        allowance.grant(word, LARGEST as u32);
        assert!(allowance.take(word));
    }
}
