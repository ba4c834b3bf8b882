//! Counting calls without the lock.
//!
//! Some calls are all alike: successes while no success can make the rule hold, failures while so many more cannot, refusals. Of them
//! only the number matters, so they take one from what was granted to their stripe, and are done. A stripe is a counter; each thread
//! has one of its own, as soon as two threads have met at the first.
//!
//! Stripes are [granted and collected](super::grants) under the breaker's lock; only [`count`](Stripes::count) is called without it.

use super::word::StateWord;
use crate::sync::{AtomicU64, OnceBox, Ordering, const_unless_model};

/// How many more calls may be counted, below the word whose calls they are, so that no call of another generation is counted.
pub(crate) struct Stripe(AtomicU64);

/// The number of bits of the count.
const NUMBER: u32 = 20;
/// The most that can be granted.
pub(super) const LARGEST: u32 = (1 << NUMBER) - 1;

/// What became of a call that was to be counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Count {
    Counted,
    /// The stripe is not open to such a call, or all that was granted has been taken.
    Closed,
    /// Another thread was at the stripe at the same time.
    Contended,
}

impl Stripe {
    const_unless_model! {
        pub(super) const fn closed() -> Self {
            Self(AtomicU64::new(0))
        }
    }

    /// Counts a call of `word`, unless another thread does so at the same time.
    #[inline]
    fn count(&self, word: StateWord) -> Count {
        let seen = self.0.load(Ordering::Acquire);
        // If the word is another, the difference is larger than any count.
        let left = seen.wrapping_sub(word.0 << NUMBER);
        if left.wrapping_sub(1) >= u64::from(LARGEST) {
            return Count::Closed;
        }
        match self.0.compare_exchange(seen, seen - 1, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => Count::Counted,
            Err(_) => Count::Contended,
        }
    }

    /// Opens the stripe, which is closed or exhausted, to so many calls of `word`.
    pub(super) fn open(&self, word: StateWord, number: u32) {
        self.0.store(word.0 << NUMBER | u64::from(number.min(LARGEST)), Ordering::Release);
    }

    /// How many calls may still be counted.
    pub(super) fn left(&self) -> u64 {
        self.0.load(Ordering::Acquire) & u64::from(LARGEST)
    }

    /// Closes the stripe, and returns how many calls might still have been counted.
    pub(super) fn close(&self) -> u64 {
        self.0.swap(0, Ordering::AcqRel) & u64::from(LARGEST)
    }
}

/// As many as there are: more threads share them.
const APART: usize = if cfg!(fluxgate_loom) { 2 } else { 16 };

/// A stripe for each thread, made when two threads have met at the first one.
pub(crate) struct Apart([Alone; APART]);

/// On two cache lines, because processors fetch lines in pairs.
#[repr(align(128))]
struct Alone(Stripe);

/// The stripes of a breaker, wherever it keeps them. The first has the number 0.
#[derive(Clone, Copy)]
pub(crate) struct Stripes<'a> {
    pub(super) first: &'a Stripe,
    pub(super) apart: &'a OnceBox<Apart>,
}

impl<'a> Stripes<'a> {
    /// Counts a call of `word`. If it cannot be counted, returns `false`.
    #[inline]
    pub(crate) fn count(self, word: StateWord) -> bool {
        match self.apart.get() {
            None => match self.first.count(word) {
                Count::Counted => true,
                Count::Closed => false,
                Count::Contended => self.part(),
            },
            Some(apart) => {
                let own = &apart.0[own()].0;
                loop {
                    match own.count(word) {
                        Count::Counted => return true,
                        Count::Closed => return false,
                        Count::Contended => {}
                    }
                }
            }
        }
    }

    /// Two threads have met: from now on each has a stripe of its own. This call is for the lock, where its thread is granted one.
    #[cold]
    pub(super) fn part(self) -> bool {
        self.apart.get_or_init(|| Box::new(Apart(std::array::from_fn(|_| Alone(Stripe::closed())))));
        false
    }

    /// Whether threads have met.
    pub(super) fn are_apart(self) -> bool {
        self.apart.get().is_some()
    }

    /// The number of the calling thread's.
    pub(super) fn own(self) -> u32 {
        self.apart.get().map_or(0, |_| 1 + own() as u32)
    }

    pub(super) fn get(self, number: u32) -> &'a Stripe {
        match self.apart.get() {
            Some(apart) if number > 0 => &apart.0[number as usize - 1].0,
            _ => self.first,
        }
    }
}

/// A number for the calling thread, which others seldom share: the address of its stack in steps of two megabytes, the default
/// size of a stack. A thread-local variable would be more precise, but cost as much as all the rest of counting.
#[cfg(not(fluxgate_loom))]
#[inline]
pub(super) fn own() -> usize {
    let here = 0_u8;
    ((&raw const here).addr() >> 21) % APART
}

/// Stripes are assigned in turn: which thread has which does not matter to a model.
#[cfg(fluxgate_loom)]
pub(super) fn own() -> usize {
    loom::lazy_static! {
        static ref NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    }
    NEXT.fetch_add(1, Ordering::Relaxed) % APART
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{Count, LARGEST, Stripe, own};
    use crate::engine::word::StateWord;
    use crate::state::State;

    #[test]
    fn only_calls_of_its_word_are_counted_and_no_more_than_were_granted() {
        let word = StateWord::first(false, false).used().next(State::Closed);
        let (before, after) = (StateWord::first(false, false).used(), word.next(State::Closed));
        let stripe = Stripe::closed();
        let counts = |word| stripe.count(word) == Count::Counted;
        assert!(!counts(word) && stripe.left() == 0 && stripe.close() == 0);
        for number in [0, 1, 3] {
            stripe.open(word, number);
            for other in [before, after, word.failures(), StateWord::NONE] {
                assert!(!counts(other));
            }
            assert!((0..number).all(|_| counts(word)));
            assert_eq!((stripe.count(word), stripe.close()), (Count::Closed, 0));
        }
        stripe.open(word, 1_000_000);
        assert!(counts(word) && counts(word));
        assert_eq!((stripe.left(), stripe.close()), (999_998, 999_998));
        assert!(!counts(word) && stripe.close() == 0);
        stripe.open(word, u32::MAX);
        assert!(counts(word));
        assert_eq!(stripe.left(), u64::from(LARGEST) - 1);
    }

    #[test]
    fn threads_have_stripes_of_their_own() {
        let here = own();
        assert_eq!(own(), here);
        assert!(std::thread::spawn(own).join().is_ok_and(|there| there != here));
    }
}
