//! Counting the successes of a time window without contention.

use crate::engine::word::StateWord;
use crate::sync::{AtomicU64, Ordering};

const STRIPES: usize = if cfg!(fluxgate_loom) { 2 } else { 16 };

/// Counters of successes, usually one per thread.
///
/// They are open while one more fast success cannot trip the rule, so that the rule need not be evaluated. Before anything else is
/// recorded, they are closed and their counts collected; a success that finds its stripe closed is recorded like any other call.
/// So a success either comes before the closing, and is in the tally by which a failure is judged, or after it, and is judged
/// itself.
///
/// They are opened ([`grant`](Self::grant)) and closed ([`reclaim`](Self::reclaim)) under the breaker's lock; only
/// [`count`](Self::count) is called without it.
pub(crate) struct Stripes {
    /// Incremented at each opening and each closing: odd while the stripes are open.
    season: AtomicU64,
    /// The word under which calls are counted.
    word: AtomicU64,
    /// When the bucket ends into which calls are counted.
    end: AtomicU64,
    counts: [Stripe; STRIPES],
}

/// The season of the last change, and the successes counted in it. Aligned to two cache lines, because processors fetch lines in
/// pairs.
#[repr(align(128))]
struct Stripe(AtomicU64);

/// The number of bits of the count. A full stripe counts no more until it is closed.
const COUNT: u32 = 24;
const FULL: u64 = (1 << COUNT) - 1;

/// A stripe's value at the beginning of a season.
const fn beginning(season: u64) -> u64 {
    season << COUNT
}

impl Stripes {
    pub(crate) fn new() -> Self {
        Self {
            season: AtomicU64::new(0),
            word: AtomicU64::new(StateWord::NONE.0),
            end: AtomicU64::new(0),
            counts: std::array::from_fn(|_| Stripe(AtomicU64::new(beginning(1)))),
        }
    }

    /// Counts a fast success, which ended at `now`, of a call admitted under `word`. If it cannot be counted, returns `false`, and
    /// the call must be recorded.
    #[inline]
    pub(crate) fn count(&self, word: StateWord, now: u64) -> bool {
        let season = self.season.load(Ordering::Acquire);
        let open = season % 2 == 1
            && word.0 == self.word.load(Ordering::Acquire)
            && now < self.end.load(Ordering::Acquire);
        if !open {
            return false;
        }
        let stripe = &self.counts[own() % STRIPES].0;
        let mut seen = stripe.load(Ordering::Relaxed);
        loop {
            // A closed stripe has the mark of a later season.
            if seen.wrapping_sub(beginning(season)) >= FULL {
                return false;
            }
            match stripe.compare_exchange_weak(seen, seen + 1, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
    }

    /// Opens the stripes, which are closed, to successes of `word` until `end`.
    pub(super) fn grant(&self, word: StateWord, end: u64) {
        self.word.store(word.0, Ordering::Release);
        self.end.store(end, Ordering::Release);
        self.season.store(self.season.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    /// Closes the stripes and returns their count.
    pub(super) fn reclaim(&self) -> u64 {
        let season = self.season.load(Ordering::Relaxed);
        if season.is_multiple_of(2) {
            return 0;
        }
        self.season.store(season + 1, Ordering::Relaxed);
        let closed = beginning(season + 2);
        self.counts.iter().map(|stripe| stripe.0.swap(closed, Ordering::AcqRel) & FULL).sum()
    }
}

/// A number for the calling thread, which others seldom share: the address of its stack in steps of two megabytes, the default
/// size of a stack. A thread-local variable would be more precise, but cost as much as all the rest of counting.
#[cfg(not(fluxgate_loom))]
#[inline]
pub(crate) fn own() -> usize {
    let here = 0_u8;
    (&raw const here).addr() >> 21
}

/// Stripes are assigned in turn: which thread has which does not matter to a model.
#[cfg(fluxgate_loom)]
pub(crate) fn own() -> usize {
    loom::lazy_static! {
        static ref NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    }
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{FULL, Ordering, Stripes, beginning, own};
    use crate::engine::word::StateWord;
    use crate::state::State;

    #[test]
    fn successes_count_while_the_stripes_are_open_to_them() {
        let word = StateWord::first(false, true).used();
        let next = word.next(State::Closed);
        let stripes = Stripes::new();
        assert!(!stripes.count(word, 0) && !stripes.count(StateWord::NONE, 0) && stripes.reclaim() == 0);
        for (word, other) in [(word, next), (next, word), (next, word)] {
            stripes.grant(word, 10);
            assert!(stripes.count(word, 0) && stripes.count(word, 9));
            assert!(!stripes.count(word, 10) && !stripes.count(other, 0));
            assert_eq!(stripes.reclaim(), 2);
            assert!(!stripes.count(word, 0));
            assert_eq!(stripes.reclaim(), 0);
        }
        stripes.grant(word, 10);
        assert_eq!(stripes.reclaim(), 0, "each season counts anew");
    }

    #[test]
    fn a_full_stripe_counts_no_more() {
        let word = StateWord::first(false, true).used();
        let stripes = Stripes::new();
        stripes.grant(word, 10);
        let own = &stripes.counts[own() % stripes.counts.len()].0;
        own.store(beginning(1) + FULL - 1, Ordering::Relaxed);
        assert!(stripes.count(word, 0) && !stripes.count(word, 0));
        assert_eq!(stripes.reclaim(), FULL);
    }

    #[test]
    fn threads_have_stripes_of_their_own() {
        let here = own();
        assert_eq!(own(), here);
        assert!(std::thread::spawn(own).join().is_ok_and(|there| there != here));
    }
}
