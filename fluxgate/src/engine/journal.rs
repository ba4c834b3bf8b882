//! A thread's journal of calls: how each ended, when, and how long it took.
//!
//! Calls whose durations are summed differ, so they cannot just be counted; and where failures come fast, finding out how many
//! successes preceded each costs more than noting the time. But while the rule is far from holding, none of these calls needs to be
//! judged: it is enough to have them later, in order. So a thread gets a share of the headroom, and enters its calls into its
//! journal until the share or the journal is used up. In whatever order the entries come, the rule does not hold.
//!
//! Entering a call takes one locked instruction on the thread's own cache line, because the journal may be closed concurrently.
//! Whoever [closes all journals](super::journals) sorts their calls by the times at which they ended.

use fluxgate_rules::Tally;

use super::window::headroom::Headroom;
use super::word::StateWord;
use crate::sync::{AtomicU64, Ordering};

/// How many calls a journal holds.
pub(super) const ENTRIES: usize = if cfg!(fluxgate_loom) { 2 } else { 126 };

/// Entries are filled from first to last, all by one thread, or under the lock.
#[repr(C, align(128))]
pub(super) struct Journal {
    written: AtomicU64,
    /// The word whose calls it takes.
    word: AtomicU64,
    /// The thread's share: how many calls may fail, and how long all of them may take together.
    failures: AtomicU64,
    latency: AtomicU64,
    /// The first entry is a dummy that took no time.
    entries: [StoredEntry; ENTRIES + 1],
}

#[derive(Default)]
struct StoredEntry {
    /// When the call ended, shifted by one; the lowest bit says whether it failed.
    end: AtomicU64,
    /// The sum of the durations up to and including this call.
    latency: AtomicU64,
}

/// A call as entered into a journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct JournalEntry {
    pub(super) failed: bool,
    pub(super) nanos: u64,
    pub(super) end: u64,
}

/// The contents of a closed journal, or of all of them together.
pub(super) struct Closed<Calls> {
    /// What is left of the share.
    pub(super) unused: Headroom,
    pub(super) tally: Tally,
    pub(super) calls: Calls,
}

/// The unread entries of a closed journal after the dummy. They are read backwards: the last call comes first.
pub(super) struct Calls<'a>(&'a [StoredEntry]);

/// How much of a journal is written: the number of calls in the low bits, a value beyond the entries if the journal is closed;
/// above it, how many of them failed.
///
/// A value that a thread has seen in its own journal does not recur, even if the journal is closed and reopened in between:
/// reopening starts from no calls, and other threads do not reopen an empty journal.
#[derive(Clone, Copy)]
struct Written(u64);

impl Written {
    const CALLS: u64 = Self::FAILURE - 1;
    const FAILURE: u64 = 1 << 8;

    const fn calls(self) -> usize {
        (self.0 & Self::CALLS) as usize
    }

    const fn failures(self) -> u64 {
        self.0 / Self::FAILURE
    }

    const fn after(self, failed: bool) -> Self {
        Self(self.0 + 1 + if failed { Self::FAILURE } else { 0 })
    }
}

const _: () = assert!((ENTRIES as u64) < Written::CALLS);

impl Journal {
    pub(super) fn closed() -> Self {
        Self {
            written: AtomicU64::new(Written::CALLS),
            word: AtomicU64::new(StateWord::NONE.0),
            failures: AtomicU64::new(0),
            latency: AtomicU64::new(0),
            entries: std::array::from_fn(|_| StoredEntry::default()),
        }
    }

    /// Enters a call of `word` that was not slow, unless the journal is closed or the share is used up. Only for the thread that
    /// owns the journal; for the shared journal, only under the lock.
    #[inline]
    pub(super) fn enter(&self, word: StateWord, JournalEntry { failed, nanos, end }: JournalEntry) -> bool {
        let seen = Written(self.written.load(Ordering::Acquire));
        let Some([before, entry, ..]) = self.entries.get(seen.calls()..) else { return false };
        let next = seen.after(failed);
        let latency = before.latency.load(Ordering::Relaxed).saturating_add(nanos);
        if self.word.load(Ordering::Relaxed) != word.0
            || latency > self.latency.load(Ordering::Relaxed)
            || next.failures() > self.failures.load(Ordering::Relaxed)
        {
            return false;
        }
        entry.end.store(end << 1 | u64::from(failed), Ordering::Relaxed);
        entry.latency.store(latency, Ordering::Relaxed);
        self.written.compare_exchange(seen.0, next.0, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// When the last call ended. The journal must be open.
    pub(super) fn latest_end(&self) -> u64 {
        let written = Written(self.written.load(Ordering::Relaxed));
        self.entries.get(written.calls()).map_or(0, |last| last.end.load(Ordering::Relaxed) >> 1)
    }

    /// Opens the journal, which must be closed, to calls of `word` within this share.
    pub(super) fn open(&self, word: StateWord, share: Headroom) {
        self.word.store(word.0, Ordering::Relaxed);
        self.failures.store(u64::from(share.failures), Ordering::Relaxed);
        self.latency.store(share.latency, Ordering::Relaxed);
        self.written.store(0, Ordering::Release);
    }

    /// Closes the journal, which must be open.
    pub(super) fn close(&self) -> Closed<Calls<'_>> {
        let written = Written(self.written.fetch_or(Written::CALLS, Ordering::AcqRel));
        let entries = self.entries.get(..=written.calls()).unwrap_or(&[]);
        let latency = entries.last().map_or(0, |last| last.latency.load(Ordering::Relaxed));
        let unused = Headroom {
            failures: (self.failures.load(Ordering::Relaxed) - written.failures()) as u32,
            slow: 0,
            latency: self.latency.load(Ordering::Relaxed) - latency,
        };
        let (total, failures, latency) = (written.calls() as u64, written.failures(), u128::from(latency));
        let tally = Tally { total, failures, latency, ..Tally::EMPTY };
        Closed { unused, tally, calls: Calls(entries) }
    }
}

impl Calls<'_> {
    pub(super) const NONE: Self = Self(&[]);

    /// When the last unread call ended.
    #[inline]
    pub(super) fn end(&self) -> Option<u64> {
        let [.., _, last] = self.0 else { return None };
        Some(last.end.load(Ordering::Relaxed) >> 1)
    }
}

impl Iterator for Calls<'_> {
    type Item = JournalEntry;

    #[inline]
    fn next(&mut self) -> Option<JournalEntry> {
        let [others @ .., last] = self.0 else { return None };
        let [.., before] = others else { return None };
        self.0 = others;
        let end = last.end.load(Ordering::Relaxed);
        let nanos = last.latency.load(Ordering::Relaxed) - before.latency.load(Ordering::Relaxed);
        Some(JournalEntry { failed: end & 1 == 1, nanos, end: end >> 1 })
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{Closed, ENTRIES, Headroom, Journal, JournalEntry};
    use crate::engine::word::{Needs, StateWord, Timing};
    use crate::state::State;

    const WORD: StateWord =
        StateWord::first(Needs { timing: Timing::Average, dated: true, tracked: false }).used();
    const MUCH: Headroom = Headroom { failures: 1_000, slow: 0, latency: u64::MAX };

    fn call(failed: bool, nanos: u64) -> JournalEntry {
        JournalEntry { failed, nanos, end: nanos / 2 }
    }

    fn calls(journal: &Journal) -> Vec<JournalEntry> {
        let Closed { tally, calls, .. } = journal.close();
        let mut calls: Vec<_> = calls.collect();
        calls.reverse();
        assert_eq!(tally.total, calls.len() as u64);
        assert_eq!(tally.failures, calls.iter().filter(|call| call.failed).count() as u64);
        assert_eq!(tally.latency, calls.iter().map(|call| u128::from(call.nanos)).sum());
        calls
    }

    #[test]
    fn entered_calls_are_read_back() {
        let journal = Journal::closed();
        assert!(!journal.enter(WORD, call(false, 1)), "it is closed");
        for length in [0, 1, ENTRIES] {
            journal.open(WORD, MUCH);
            let entered: Vec<_> = (0..length).map(|nth| call(nth % 3 == 1, nth as u64 * 5)).collect();
            assert!(entered.iter().all(|call| journal.enter(WORD, *call)));
            assert_eq!(journal.enter(WORD, call(true, 1)), length < ENTRIES, "it is full");
            let expected = entered.into_iter().chain((length < ENTRIES).then(|| call(true, 1)));
            assert_eq!(calls(&journal), expected.collect::<Vec<_>>());
            assert!(!journal.enter(WORD, call(false, 1)));
        }
    }

    #[test]
    fn no_more_is_entered_than_the_share_allows() {
        let journal = Journal::closed();
        journal.open(WORD, Headroom { failures: 1, slow: 0, latency: 10 });
        assert!(journal.enter(WORD, call(false, 4)) && journal.enter(WORD, call(true, 3)));
        assert!(!journal.enter(WORD, call(true, 0)) && !journal.enter(WORD, call(false, 4)));
        assert!(!journal.enter(WORD, call(false, u64::MAX)));
        assert!(journal.enter(WORD, call(false, 3)) && journal.enter(WORD, call(false, 0)));
        let Closed { unused, tally, .. } = journal.close();
        assert_eq!((tally.total, tally.failures, unused.failures, unused.latency), (4, 1, 0, 0));
    }

    #[test]
    fn calls_under_another_word_are_not_entered() {
        let journal = Journal::closed();
        journal.open(WORD, MUCH);
        for other in
            [WORD.next(State::Closed), WORD.counted(), WORD.unwinding(), WORD.scoped(), StateWord::NONE]
        {
            assert!(!journal.enter(other, call(false, 1)));
        }
        assert!(journal.enter(WORD, call(false, 1)));
    }
}

#[cfg(all(test, fluxgate_loom))]
mod models {
    use super::{Headroom, Journal, JournalEntry};
    use crate::engine::word::{Needs, StateWord, Timing};
    use crate::sync::Arc;

    const WORD: StateWord = StateWord::first(Needs { timing: Timing::Average, dated: true, tracked: false });

    #[test]
    fn a_thread_that_finds_its_journal_reopened_keeps_to_its_new_share() {
        loom::model(|| {
            let share = |failures| Headroom { failures, slow: 0, latency: u64::MAX };
            let enter =
                |journal: &Journal, failed| journal.enter(WORD, JournalEntry { failed, nanos: 1, end: 1 });
            let journal = Arc::new(Journal::closed());
            journal.open(WORD, share(1));
            // Another thread does not reopen an empty journal.
            assert!(enter(&journal, false));
            let theirs = journal.clone();
            let other = loom::thread::spawn(move || {
                let failures = theirs.close().tally.failures;
                theirs.open(WORD, share(0));
                failures
            });
            let entered = enter(&journal, true);
            assert_eq!(other.join().unwrap(), u64::from(entered), "it failed within the old share");
            assert_eq!(journal.close().tally.failures, 0, "the new one has no room");
        });
    }
}
