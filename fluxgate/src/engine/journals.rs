//! The journals of a breaker's threads, under its lock.

use fluxgate_rules::Tally;

use super::journal::{self, Closed, Journal, JournalEntry};
use super::pace::Pace;
use super::stripes::{PLACES, Stripes, bits};
use super::window::headroom::Headroom;
use super::word::StateWord;

/// Which journals are open. Guarded by the lock.
///
/// All are closed together, whenever the breaker looks at its calls, so their contents are complete: with each call, all calls
/// before it. And all are opened together, so that a thread seldom finds its own closed.
///
/// There may be more threads than stripes. Threads without one share a journal, into which they enter calls under the lock: if each
/// of their calls closed all other journals, journals would be useless.
pub(crate) struct Journals {
    /// The open journals, a bit for each: that of a thread has the number of its stripe, the shared one has 0.
    open: u32,
    /// The journals that had entries when they were last closed: their threads are likely to go on calling.
    known: u32,
    /// The pace of calls, or of failures, under the lock and in journals.
    pub(crate) pace: Pace,
}

/// The unread calls in closed journals, merged. They are read backwards: the one that ended last comes first.
pub(super) struct Merged<'a> {
    /// The journal that is being read.
    current: journal::Calls<'a>,
    /// No call in another journal ended after this.
    since: u64,
    /// The journals that had any calls, a bit for each.
    filled: u32,
    journals: [journal::Calls<'a>; PLACES + 1],
}

impl<'a> Merged<'a> {
    const NONE: Self = Self {
        current: journal::Calls::NONE,
        since: 0,
        filled: 0,
        journals: [journal::Calls::NONE; PLACES + 1],
    };

    /// Adds the calls of the journal with this number.
    fn add(&mut self, number: u32, calls: journal::Calls<'a>) {
        self.filled |= u32::from(calls.end().is_some()) << number;
        self.journals[number as usize] = calls;
    }

    /// Switches to the journal whose last call ended last. Out of line, since most calls are followed by one of the same journal.
    #[inline(never)]
    fn switch(&mut self) {
        if let Some((_, number)) = self.latest() {
            std::mem::swap(&mut self.current, &mut self.journals[number as usize]);
            self.since = self.latest().map_or(0, |(end, _)| end);
        }
    }

    /// The end of the last call in the other journals, and its journal.
    #[inline]
    fn latest(&self) -> Option<(u64, u32)> {
        bits(self.filled).filter_map(|number| Some((self.journals[number as usize].end()?, number))).max()
    }
}

impl Iterator for Merged<'_> {
    type Item = JournalEntry;

    #[inline]
    fn next(&mut self) -> Option<JournalEntry> {
        if self.current.end().is_none_or(|end| end < self.since) {
            self.switch();
        }
        self.current.next()
    }
}

impl Journals {
    pub(super) const NONE: Self = Self { open: 0, known: 0, pace: Pace::NONE };

    #[inline]
    pub(crate) fn are_any_open(&self) -> bool {
        self.open != 0
    }

    /// Closes the journals.
    pub(super) fn close<'a>(&mut self, stripes: Stripes<'a>) -> Closed<Merged<'a>> {
        let mut all = Closed { unused: Headroom::NONE, tally: Tally::EMPTY, calls: Merged::NONE };
        for (number, journal) in journals(std::mem::take(&mut self.open), stripes) {
            let closed = journal.close();
            all.unused.reclaim(closed.unused);
            all.tally += closed.tally;
            all.calls.add(number, closed.calls);
        }
        self.known = all.calls.filled;
        all
    }

    /// Opens the journal of this thread and, if `several` may be open, those of threads likely to go on calling, to calls of
    /// `word`. `share` returns the share of each, given their number.
    pub(super) fn open(
        &mut self,
        stripes: Stripes<'_>,
        word: StateWord,
        several: bool,
        share: impl FnOnce(u32) -> Option<Headroom>,
    ) {
        if stripes.number() == 0 {
            stripes.split();
        }
        let number = stripes.make_journal();
        let wanted = if several { self.known | 1 << number } else { 1 << number };
        if let Some(share) = share(wanted.count_ones()) {
            journals(wanted, stripes).for_each(|(_, journal)| journal.open(word, share));
            self.open = wanted;
        }
    }
}

/// Enters a call of `word` made by this thread, under the lock. Returns `false` if its journal is not open or has no room.
pub(super) fn enter(stripes: Stripes<'_>, word: StateWord, call: JournalEntry) -> bool {
    if stripes.of_this_thread().is_some() {
        return stripes.enter(word, call);
    }
    // Threads may take the lock in another order than their calls ended.
    stripes.journal(SHARED).is_some_and(|shared| {
        shared.enter(word, JournalEntry { end: call.end.max(shared.latest_end()), ..call })
    })
}

/// The number of the shared journal.
const SHARED: u32 = 0;

/// The journals of this set, each with its number.
fn journals(set: u32, stripes: Stripes<'_>) -> impl Iterator<Item = (u32, &Journal)> {
    bits(set).filter_map(move |number| Some((number, stripes.journal(number)?)))
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests;
