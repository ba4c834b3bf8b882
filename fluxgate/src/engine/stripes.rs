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
pub(super) const ENTRIES: usize = if cfg!(fluxgate_loom) { 2 } else { 29 };

/// How many it takes at first: those on the cache line of its stripe.
pub(super) const FIRST_ENTRIES: usize = if cfg!(fluxgate_loom) { 1 } else { 6 };

/// A stripe for each thread, made when two threads have met at the first one.
pub(crate) struct Apart {
    /// Which stripes are open, a bit for each.
    open: AtomicU32,
    stripes: [Logging; APART],
}

/// On cache lines of its own, in pairs, because processors fetch lines in pairs.
#[repr(align(128))]
#[repr(C)]
pub(super) struct Logging {
    stripe: Stripe,
    /// Used from the first to the last.
    entries: [LogEntry; ENTRIES],
}

/// A place in a log, which belongs to one filling of it. Each filling of any log has a number of its own, so a thread that looks at a
/// place of one filling cannot use it in the next.
///
/// From the lowest bit: whether it is used; if it is, after how many of the season's successes the failure came; the filling.
struct LogEntry(AtomicU64);

/// What was in a log's place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Logged(u64);

impl Logged {
    const NOTHING: Self = Self(0);
    /// The lowest bit of the filling.
    const FILLING: u32 = 26;

    const fn vacant(filling: u64) -> Self {
        Self(filling << Self::FILLING)
    }

    /// A failure in this place, which is vacant.
    const fn failure(self, after: u64) -> Self {
        Self(self.0 | after << 1 | 1)
    }

    const fn is_failure(self) -> bool {
        self.0 & 1 == 1
    }

    const fn after(self) -> u64 {
        (self.0 & ((1 << Self::FILLING) - 1)) >> 1
    }

    const fn filling(self) -> u64 {
        self.0 >> Self::FILLING
    }

    const fn is_of(self, filling: u64) -> bool {
        self.filling() == filling
    }
}

const _: () =
    assert!((APART as u64 + 1) * LARGEST < 1 << (Logged::FILLING - 1), "all successes of a season fit");

impl LogEntry {
    fn get(&self) -> Logged {
        Logged(self.0.load(Ordering::Acquire))
    }

    fn replace(&self, seen: Logged, new: Logged) -> Result<(), Logged> {
        let replaced = self.0.compare_exchange(seen.0, new.0, Ordering::AcqRel, Ordering::Acquire);
        replaced.map(drop).map_err(Logged)
    }
}

impl Logging {
    fn new() -> Self {
        let entry = || LogEntry(AtomicU64::new(Logged::NOTHING.0));
        let entries = std::array::from_fn(|_| entry());
        Self { stripe: Stripe::closed(), entries }
    }

    /// Makes room for so many failures. All room there was must be used, and collected.
    pub(super) fn open(&self, filling: u64, number: usize) {
        for entry in &self.entries[..number] {
            entry.0.store(Logged::vacant(filling).0, Ordering::Release);
        }
    }

    /// How many failures there are in as many entries.
    pub(super) fn used(&self, opened: usize) -> usize {
        let filling = self.entries[0].get().filling();
        let logged = self.entries[..opened].iter().map(LogEntry::get);
        logged.take_while(|logged| logged.is_of(filling) && logged.is_failure()).count()
    }

    /// After how many successes the failure came that is in this place.
    pub(super) fn after(&self, place: usize) -> u64 {
        self.entries[place].get().after()
    }

    /// Enters a failure that came `after` so many successes, unless there is no room, or no more of `is_open`.
    fn log(&self, after: impl Fn() -> Option<u64>) -> bool {
        let filling = self.entries[0].get().filling();
        if filling == 0 {
            return false;
        }
        for entry in &self.entries {
            let seen = entry.get();
            if !seen.is_of(filling) {
                return false;
            }
            if seen.is_failure() {
                continue;
            }
            let Some(after) = after() else { return false };
            match entry.replace(seen, seen.failure(after)) {
                Ok(()) => return true,
                // Another thread of this stripe has used it.
                Err(now) if now.is_of(filling) => {}
                Err(_) => return false,
            }
        }
        false
    }

    /// Forgets all failures, which must be collected, of a log that is closed: so nobody looks through it for room.
    pub(super) fn empty(&self) {
        self.entries[0].0.store(Logged::NOTHING.0, Ordering::Release);
    }

    /// Takes back the room that is left. That is out of reach without the first of it.
    pub(super) fn close(&self, opened: usize) {
        let entries = self.entries[..opened].iter();
        for entry in entries {
            let seen = entry.get();
            if !seen.is_failure() && entry.replace(seen, Logged::NOTHING).is_ok() {
                return;
            }
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
        own.log(|| own.stripe.counted_of(word).map(|_| self.counted_of(apart, word)))
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
    use crate::engine::word::{Needs, StateWord};
    use crate::state::State;
    use std::collections::HashSet;
    use std::sync::Barrier;
    use std::sync::atomic::Ordering;
    use std::thread;

    #[test]
    fn only_calls_of_its_word_are_counted_and_no_more_than_were_granted() {
        let first = StateWord::first(Needs { timed: false, dated: false, tracked: false });
        let word = first.used().next(State::Closed);
        let (before, after) = (first.used(), word.next(State::Closed));
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
