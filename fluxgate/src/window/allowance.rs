//! Successes that only move a count window on.

use crate::state::Word;
use crate::sync::{AtomicU64, Ordering, const_unless_model};

/// How many more fast successes would push out nothing but fast successes.
///
/// While the window is full and the latest call did not fail, such a success changes nothing that a rule could ask for: all it
/// does is to move the window on by one. So it is not recorded, but takes one from the allowance, without the lock. Before
/// anything else is recorded, what is left is taken back, which tells by how many calls the window has to be moved on. So a
/// success that took from the allowance comes before that other call in the order of all calls, and one that comes after finds
/// nothing to take, and is recorded itself.
///
/// It is given and taken back under the breaker's lock; only [`take`](Self::take) is called without.
pub(crate) struct Allowance(AtomicU64);

/// The bits of the number; above it is the word for whose calls it is meant, so that no call of another generation takes any.
const NUMBER: u32 = 20;
const LARGEST: u64 = (1 << NUMBER) - 1;

impl Allowance {
    const_unless_model! {
        pub(crate) const fn none() -> Self {
            Self(AtomicU64::new(0))
        }
    }

    /// Takes one for a call admitted under `word`; false where there is none, and the call has to be recorded.
    #[inline]
    pub(crate) fn take(&self, word: Word) -> bool {
        let mut seen = self.0.load(Ordering::Acquire);
        loop {
            // Of another word, it is more than a number can be.
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

    /// Allows so many calls of `word`, at most a million. What was there has been taken back.
    #[inline]
    pub(crate) fn give(&self, word: Word, number: u32) {
        self.0.store(word.0 << NUMBER | u64::from(number), Ordering::Release);
    }

    /// Takes back what is left.
    #[inline]
    pub(crate) fn take_back(&self) -> u32 {
        // Where none is left, none can be taken meanwhile.
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
    use crate::state::{State, Word};

    #[test]
    fn so_many_may_be_taken_by_calls_of_one_word() {
        let word = Word::first(false, false).used().next(State::Closed);
        let (before, after) = (Word::first(false, false).used(), word.next(State::Closed));
        let allowance = Allowance::none();
        assert!(!allowance.take(word) && allowance.take_back() == 0);
        for number in [0, 1, 3] {
            allowance.give(word, number);
            assert!(!allowance.take(before) && !allowance.take(after) && !allowance.take(Word::NONE));
            assert!((0..number).all(|_| allowance.take(word)));
            assert!(!allowance.take(word));
            assert_eq!(allowance.take_back(), 0);
        }
        allowance.give(word, 1_000_000);
        assert!(allowance.take(word) && allowance.take(word));
        assert_eq!(allowance.take_back(), 999_998);
        assert!(!allowance.take(word) && allowance.take_back() == 0);
        allowance.give(word, LARGEST as u32);
        assert!(allowance.take(word));
    }
}
