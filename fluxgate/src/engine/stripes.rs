//! Counting calls without the lock.
//!
//! Some calls are all alike: successes while no success can make the rule hold, failures while so many more cannot, refusals. Of them
//! only the number matters, so they are counted by a stripe, and are done. Each thread has a stripe of its own, as soon as two threads
//! have met at the first one.
//!
//! A failure among successes is not like them, but while it cannot make the rule hold either, all that matters of it is after how many
//! successes it came. So it needs no lock: it reads all stripes, adds up what they have counted, and enters that into the log of its own.
//!
//! Stripes are [opened, collected and closed](super::grants) under the breaker's lock. What lies between two closings is a *season*.

use super::word::StateWord;
use crate::sync::{AtomicU32, AtomicU64, OnceBox, Ordering, const_unless_model};

/// How many calls it has counted, below the word whose calls they are, so that no call of another generation is counted.
pub(crate) struct Stripe {
    count: AtomicU64,
    /// How many it may count.
    limit: AtomicU64,
}

/// The number of bits of the count.
const NUMBER: u32 = 20;
/// The most that a stripe counts in a season.
pub(super) const LARGEST: u64 = (1 << NUMBER) - 1;
/// The value of a stripe that is open to no word.
const CLOSED: u64 = u64::MAX;

/// What became of a call that was to be counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Counting {
    Counted,
    /// The stripe is not open to such a call, or has counted as many as it may.
    Closed,
    /// Another thread was at the stripe at the same time.
    Contended,
}

impl Stripe {
    const_unless_model! {
        pub(super) const fn closed() -> Self {
            Self { count: AtomicU64::new(CLOSED), limit: AtomicU64::new(0) }
        }
    }

    #[inline]
    fn count(&self, word: StateWord) -> Counting {
        let seen = self.count.load(Ordering::Acquire);
        // If the word is another, the difference is larger than any count.
        let counted = seen.wrapping_sub(word.0 << NUMBER);
        if counted >= LARGEST || counted >= self.limit.load(Ordering::Relaxed) {
            return Counting::Closed;
        }
        match self.count.compare_exchange(seen, seen + 1, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => Counting::Counted,
            Err(_) => Counting::Contended,
        }
    }

    /// How many calls of `word` it has counted in this season; `None` if it is not open to them.
    #[inline]
    fn counted_of(&self, word: StateWord) -> Option<u64> {
        let counted = self.count.load(Ordering::Acquire).wrapping_sub(word.0 << NUMBER);
        (counted <= LARGEST).then_some(counted)
    }

    /// Opens the stripe, which is closed, to so many calls of `word`.
    pub(super) fn open(&self, word: StateWord, number: u64) {
        self.limit.store(number, Ordering::Relaxed);
        self.count.store(word.0 << NUMBER, Ordering::Release);
    }

    /// Allows so many more calls, if it has counted as many as it may.
    pub(super) fn prolong(&self, number: u64) {
        let counted = self.counted();
        if counted >= self.limit.load(Ordering::Relaxed) {
            self.limit.store(counted.saturating_add(number), Ordering::Relaxed);
        }
    }

    /// How many calls it has counted in this season. It must be open.
    pub(super) fn counted(&self) -> u64 {
        self.count.load(Ordering::Acquire) & LARGEST
    }

    /// Closes the stripe, which is open, and returns how many calls it has counted.
    pub(super) fn close(&self) -> u64 {
        self.count.swap(CLOSED, Ordering::AcqRel) & LARGEST
    }
}

/// As many as there are: more threads share them.
pub(super) const APART: usize = if cfg!(fluxgate_loom) { 2 } else { 16 };
/// How many failures a log takes.
pub(super) const ENTRIES: usize = if cfg!(fluxgate_loom) { 2 } else { 13 };

/// A stripe for each thread, made when two threads have met at the first one.
pub(crate) struct Apart {
    /// Which stripes are open, a bit for each.
    open: AtomicU32,
    stripes: [Logging; APART],
}

/// On two cache lines, because processors fetch lines in pairs.
#[repr(align(128))]
pub(super) struct Logging {
    stripe: Stripe,
    /// Used from the first to the last.
    entries: [LogEntry; ENTRIES],
}

/// A failure: after how many of a season's successes it came. Or room for one: in the season of this number. Or nothing.
///
/// The lowest bit tells the first two apart.
struct LogEntry(AtomicU64);

impl LogEntry {
    const NOTHING: u64 = 0;

    const fn room(season: u64) -> u64 {
        season << 1
    }

    const fn failure(after: u64) -> u64 {
        after << 1 | 1
    }

    fn get(&self) -> Option<u64> {
        let value = self.0.load(Ordering::Acquire);
        (value & 1 == 1).then_some(value >> 1)
    }
}

impl Logging {
    fn new() -> Self {
        let entry = || LogEntry(AtomicU64::new(LogEntry::NOTHING));
        let entries = std::array::from_fn(|_| entry());
        Self { stripe: Stripe::closed(), entries }
    }

    /// Makes room for so many failures. All room there was must be used, and collected.
    pub(super) fn open(&self, season: u64, number: usize) {
        for (place, entry) in self.entries.iter().enumerate() {
            let value = if place < number { LogEntry::room(season) } else { LogEntry::NOTHING };
            entry.0.store(value, Ordering::Release);
        }
    }

    /// How many failures there are in as many entries.
    pub(super) fn used(&self, opened: usize) -> usize {
        self.entries[..opened].iter().take_while(|entry| entry.get().is_some()).count()
    }

    /// After how many successes the failure came that is in this place.
    pub(super) fn after(&self, place: usize) -> u64 {
        self.entries[place].get().unwrap_or(0)
    }

    /// Takes back the room that is left.
    pub(super) fn close(&self, season: u64, opened: usize) {
        for entry in &self.entries[..opened] {
            let room = LogEntry::room(season);
            let _ = entry.0.compare_exchange(room, LogEntry::NOTHING, Ordering::AcqRel, Ordering::Relaxed);
        }
    }
}

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
                Counting::Counted => true,
                Counting::Closed => false,
                Counting::Contended => self.part(),
            },
            Some(apart) => {
                let own = &apart.stripes[own()].stripe;
                loop {
                    match own.count(word) {
                        Counting::Counted => return true,
                        Counting::Closed => return false,
                        Counting::Contended => {}
                    }
                }
            }
        }
    }

    /// Two threads have met: from now on each has a stripe of its own. This call is for the lock, where its thread is granted one.
    #[cold]
    pub(crate) fn part(self) -> bool {
        self.apart.get_or_init(|| {
            let stripes = std::array::from_fn(|_| Logging::new());
            Box::new(Apart { open: AtomicU32::new(0), stripes })
        });
        false
    }

    /// Logs a failure of `word`, whose successes are being counted. If there is no room for it, returns `false`.
    ///
    /// Between the look at the room and its use there is no end of a season, since each has a number of its own. So the stripes were
    /// those of one season while they were read.
    #[inline]
    pub(crate) fn log(self, word: StateWord) -> bool {
        let Some(apart) = self.apart.get() else { return false };
        let own = &apart.stripes[own()];
        for entry in &own.entries {
            let room = entry.0.load(Ordering::Acquire);
            if room == LogEntry::NOTHING {
                return false;
            }
            if room & 1 == 1 {
                continue;
            }
            if own.stripe.counted_of(word).is_none() {
                return false;
            }
            let failure = LogEntry::failure(self.counted_of(apart, word));
            if entry.0.compare_exchange(room, failure, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return true;
            }
        }
        false
    }

    /// How many calls of `word` have been counted in this season.
    #[inline]
    fn counted_of(self, apart: &Apart, word: StateWord) -> u64 {
        let mut open = apart.open.load(Ordering::Acquire);
        let mut sum = 0;
        while open != 0 {
            // One that is just being opened has counted nothing.
            sum += self.get(open.trailing_zeros()).counted_of(word).unwrap_or(0);
            open &= open - 1;
        }
        sum
    }

    /// Tells which stripes are open, before one more of them is.
    pub(super) fn tell_open(self, open: u32) {
        if let Some(apart) = self.apart.get() {
            apart.open.store(open, Ordering::Release);
        }
    }

    /// The number of the calling thread's.
    pub(super) fn own(self) -> u32 {
        self.apart.get().map_or(0, |_| 1 + own() as u32)
    }

    pub(super) fn get(self, number: u32) -> &'a Stripe {
        self.logging(number).map_or(self.first, |own| &own.stripe)
    }

    /// The stripe of this number, if it has a log.
    pub(super) fn logging(self, number: u32) -> Option<&'a Logging> {
        self.apart.get()?.stripes.get((number as usize).checked_sub(1)?)
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

/// Threads get stripes in turn.
#[cfg(fluxgate_loom)]
pub(super) fn own() -> usize {
    loom::lazy_static! {
        static ref NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    }
    loom::thread_local! {
        static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed) % APART;
    }
    OWN.with(|own| *own)
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{Counting, LARGEST, NUMBER, Stripe, own};
    use crate::engine::word::StateWord;
    use crate::state::State;
    use std::collections::HashSet;
    use std::sync::Barrier;
    use std::sync::atomic::Ordering;
    use std::thread;

    #[test]
    fn only_calls_of_its_word_are_counted_and_no_more_than_were_granted() {
        let word = StateWord::first(false, false).used().next(State::Closed);
        let (before, after) = (StateWord::first(false, false).used(), word.next(State::Closed));
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
            stripe.prolong(1);
            assert!(counts(word) && !counts(word));
            assert_eq!((stripe.counted(), stripe.close()), (number + 1, number + 1));
            assert!(!counts(word) && stripe.counted_of(word).is_none());
        }
        stripe.open(word, u64::MAX);
        stripe.count.store((word.0 << NUMBER) + LARGEST - 1, Ordering::Relaxed);
        assert!(counts(word) && !counts(word) && stripe.close() == LARGEST);
    }

    #[test]
    fn threads_that_run_at_once_seldom_share_a_stripe() {
        assert_eq!(own(), own());
        let all_run = Barrier::new(8);
        let numbers: HashSet<usize> = thread::scope(|scope| {
            let run = || {
                all_run.wait();
                own()
            };
            let threads = [(); 8].map(|()| scope.spawn(run));
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(numbers.len() > 2, "{numbers:?}");
    }
}
