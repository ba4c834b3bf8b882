//! How many calls were refused since the current state began.

use super::word::StateWord;
use crate::sync::{AtomicU64, Ordering, const_unless_model};

/// A count, above it the generation whose calls it counts, so that none is counted in a state that did not refuse it.
pub(crate) struct Rejected(AtomicU64);

/// The number of bits of the count: enough for a million refusals a second for a fortnight. A full count stays as it is.
const NUMBER: u32 = 40;
const LARGEST: u64 = (1 << NUMBER) - 1;

impl Rejected {
    const_unless_model! {
        pub(super) const fn new() -> Self {
            Self(AtomicU64::new(0))
        }
    }

    /// Counts a call that was refused under `word`. Returns `false` if the breaker has left that state, or the count is full.
    pub(super) fn count(&self, word: StateWord) -> bool {
        let mut seen = self.0.load(Ordering::Relaxed);
        while seen.wrapping_sub(beginning(word)) < LARGEST {
            match self.0.compare_exchange_weak(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
        false
    }

    /// Begins a state, with this word, and returns how many calls the state before it refused. An exchange, so that each refusal is
    /// counted before it or is too late.
    pub(super) fn begin(&self, word: StateWord) -> u64 {
        self.0.swap(beginning(word), Ordering::Relaxed) & LARGEST
    }

    /// Begins a generation of the same state, with this word, of which the counted refusals are, too.
    pub(super) fn carry(&self, word: StateWord) {
        let mut seen = self.0.load(Ordering::Relaxed);
        while let Err(other) = self.0.compare_exchange_weak(
            seen,
            beginning(word) | seen & LARGEST,
            Ordering::Relaxed,
            Ordering::Relaxed,
        ) {
            seen = other;
        }
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed) & LARGEST
    }
}

fn beginning(word: StateWord) -> u64 {
    word.generation() << NUMBER
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{LARGEST, Ordering, Rejected, beginning};
    use crate::engine::word::StateWord;
    use crate::state::State;

    #[test]
    fn a_refusal_counts_in_the_state_that_refused() {
        let open = StateWord::first(false, false).used().next(State::Open);
        let half_open = open.next(State::HalfOpen);
        let rejected = Rejected::new();
        rejected.begin(open);
        assert!(rejected.count(open) && rejected.count(open) && !rejected.count(half_open));
        assert_eq!(rejected.get(), 2);
        assert_eq!(rejected.begin(half_open), 2);
        assert!(!rejected.count(open));
        let renewed = half_open.next(State::HalfOpen);
        assert!(rejected.count(half_open));
        rejected.carry(renewed);
        assert!(rejected.count(renewed) && !rejected.count(half_open));
        assert_eq!(rejected.begin(half_open), 2);
        assert_eq!(rejected.get(), 0);
    }

    #[test]
    fn a_full_count_stays() {
        let open = StateWord::first(false, false).used().next(State::Open);
        let rejected = Rejected::new();
        rejected.0.store(beginning(open) + LARGEST - 1, Ordering::Relaxed);
        assert!(rejected.count(open) && !rejected.count(open));
        assert_eq!(rejected.get(), LARGEST);
    }
}
