//! Counting calls without the lock.
//!
//! Some calls are all alike: successes while no success can make the rule hold, failures while so many more cannot, refusals. Of them
//! only the number matters, so they are counted by a stripe, and are done. At first all threads share one. Each gets one of its own as
//! soon as two have met there, or one comes again and again.
//!
//! On its own stripe, a thread counts successes by plain stores, where others would need a locked instruction. So a success may be *late*:
//! it found its stripe open, and is stored after that was closed. It has then come just there; for stripes are collected as long as the
//! generation lasts, and nothing is to be judged by it, since a window of calls never has fewer of them than before. In a window of time
//! there might be too few by then, so there no thread counts by itself. What is stored after the end of the generation came too late for
//! it, like any other outcome then.
//!
//! A failure among successes is not like them, but while it cannot make the rule hold either, all that matters of it is after how many
//! successes it came. So it needs no lock: it takes a place in the [log](super::log) of its thread, reads all stripes, and adds up what
//! they have counted.
//!
//! Where that is much, or calls are not alike, threads enter them into [journals](super::journal) instead, and no stripe is open.
//!
//! Stripes are [opened, collected and closed](super::grants) under the breaker's lock. What lies between two closings is a *season*.

use super::journal::{Entered, Journal};
use super::log::Log;
use super::stripe::{Counting, LARGEST, Stripe};
use super::thread::ThreadNumber;
use super::word::StateWord;
use crate::sync::{AtomicU32, AtomicU64, OnceBox, Ordering};

/// A stripe that belongs to a thread, on cache lines of its own, in pairs, because processors fetch lines in pairs.
#[repr(C, align(128))]
pub(super) struct OwnStripe {
    /// Open when the thread may count: for what it does not count by itself, and for other threads that come here.
    pub(super) stripe: Stripe,
    /// The number of the thread, or none.
    owner: AtomicU32,
    /// The generation of the successes that it has counted by itself.
    generation: AtomicU64,
    /// How many it may.
    limit: AtomicU64,
    successes: OwnLine<AtomicU64>,
    /// How many of them there were at the end of that generation, if it is over.
    in_time: AtomicU64,
    /// Made with its first room.
    log: OnceBox<Log>,
    /// Made when it is first opened.
    journal: OnceBox<Journal>,
}

/// On a cache line of its own: other threads read it at each failure of theirs.
#[repr(align(64))]
struct OwnLine<T>(T);

/// The most successes that a thread counts by itself before it looks what became of the window.
const LIMIT: u64 = 1 << 16;

const _: () = assert!(
    (PLACES as u64 + 1) * LARGEST + PLACES as u64 * LIMIT < super::log::SPAN,
    "logs tell all successes apart"
);

impl OwnStripe {
    fn unowned() -> Self {
        Self {
            stripe: Stripe::closed(),
            owner: AtomicU32::new(ThreadNumber::UNKNOWN.get()),
            generation: AtomicU64::new(u64::MAX),
            limit: AtomicU64::new(0),
            successes: OwnLine(AtomicU64::new(0)),
            in_time: AtomicU64::new(0),
            log: OnceBox::new(),
            journal: OnceBox::new(),
        }
    }

    #[inline]
    fn belongs_to(&self, thread: ThreadNumber) -> bool {
        self.owner.load(Ordering::Relaxed) == thread.get()
    }

    /// Whether it has ever had a thread.
    #[inline]
    fn is_owned(&self) -> bool {
        !self.belongs_to(ThreadNumber::UNKNOWN)
    }

    pub(super) fn log(&self) -> Option<&Log> {
        self.log.get()
    }

    pub(super) fn make_log(&self) -> &Log {
        self.log.get_or_init(|| Box::new(Log::new()))
    }

    /// Counts a success by a plain store, if the stripe belongs to this thread, and the thread may count.
    #[inline]
    fn count(&self, thread: ThreadNumber, word: StateWord) -> bool {
        let is_open = self.belongs_to(thread) && self.stripe.counted_of(word).is_some();
        let successes = self.successes.0.load(Ordering::Relaxed);
        let may_count = is_open && successes < self.limit.load(Ordering::Relaxed);
        if may_count {
            self.successes.0.store(successes + 1, Ordering::Release);
        }
        may_count
    }

    /// Whether its thread counts successes of the generation by itself.
    #[inline]
    pub(super) fn counts(&self, word: StateWord) -> bool {
        self.generation.load(Ordering::Acquire) == word.generation()
    }

    /// How many successes of the generation the thread has counted by itself.
    #[inline]
    pub(super) fn successes(&self, word: StateWord) -> u64 {
        if self.counts(word) { self.successes.0.load(Ordering::Acquire) } else { 0 }
    }

    /// Whether it belongs to the thread, and to no other.
    #[inline]
    fn belongs_only_to(&self, thread: ThreadNumber) -> bool {
        self.belongs_to(thread) && thread.is_unique()
    }

    pub(super) fn is_of_this_thread(&self) -> bool {
        self.belongs_only_to(ThreadNumber::own())
    }

    /// Under the lock: its thread, which has come here, counts successes of the generation by itself from now on, from the first on.
    /// Returns how many of an earlier one were [too late](Self::too_late).
    pub(super) fn begin(&self, word: StateWord) -> u64 {
        if self.counts(word) || !self.is_of_this_thread() {
            return 0;
        }
        let too_late = self.too_late(word);
        self.successes.0.store(0, Ordering::Relaxed);
        self.generation.store(word.generation(), Ordering::Release);
        too_late
    }

    /// Under the lock: the generation ends. Returns how many successes of it the thread has counted by itself.
    pub(super) fn end(&self, word: StateWord) -> u64 {
        let successes = self.successes(word);
        if self.counts(word) {
            self.in_time.store(successes, Ordering::Relaxed);
        }
        successes
    }

    /// Under the lock: how many successes of a generation before this one the thread has stored after its end.
    pub(super) fn too_late(&self, word: StateWord) -> u64 {
        if self.counts(word) {
            return 0;
        }
        self.successes.0.load(Ordering::Acquire) - self.in_time.load(Ordering::Relaxed)
    }

    /// Under the lock: allows so many successes more than it has counted.
    pub(super) fn allow(&self, number: u64) {
        let successes = self.successes.0.load(Ordering::Relaxed);
        self.limit.store(successes + number.min(LIMIT), Ordering::Relaxed);
    }

    /// Whether it has counted as many successes as it may.
    pub(super) fn is_at_limit(&self) -> bool {
        self.successes.0.load(Ordering::Relaxed) >= self.limit.load(Ordering::Relaxed)
    }
}

/// For so many threads there is a place for a stripe: more share them.
pub(super) const PLACES: usize = if cfg!(fluxgate_loom) { 2 } else { 16 };

/// The stripes of threads.
pub(crate) struct OwnStripes {
    /// Which stripes count successes, or have, in this generation, a bit for each; none while they are being closed.
    counting: AtomicU32,
    /// For the threads that have no stripe of their own, under the lock.
    journal: OnceBox<Journal>,
    places: [OwnStripe; PLACES],
}

impl OwnStripes {
    fn new() -> Self {
        Self {
            counting: AtomicU32::new(0),
            journal: OnceBox::new(),
            places: std::array::from_fn(|_| OwnStripe::unowned()),
        }
    }

    /// The stripe for a thread, which may be another's, if there is no other place for it.
    #[inline]
    fn of(&self, thread: ThreadNumber) -> &OwnStripe {
        &self.places[thread.place(PLACES)]
    }

    #[inline(never)]
    fn count_success(&self, word: StateWord) -> bool {
        let thread = ThreadNumber::known();
        let own = self.of(thread);
        own.count(thread, word) || self.count_on(own, word)
    }

    #[inline(never)]
    fn count(&self, word: StateWord) -> bool {
        self.count_on(self.of(ThreadNumber::known()), word)
    }

    #[inline]
    fn count_on(&self, own: &OwnStripe, word: StateWord) -> bool {
        if own.is_owned() { own.stripe.count_surely(word) } else { self.claim() }
    }

    /// From now on this thread has a stripe of its own. This call is for the lock, where its thread is granted it.
    #[cold]
    #[inline(never)]
    fn claim(&self) -> bool {
        let (thread, nobody) = (ThreadNumber::own(), ThreadNumber::UNKNOWN.get());
        let owner = &self.of(thread).owner;
        let _ = owner.compare_exchange(nobody, thread.get(), Ordering::Relaxed, Ordering::Relaxed);
        false
    }
}

/// The stripes of a breaker, wherever it keeps them. The shared one has the number 0, that of a thread one more than its place.
#[derive(Clone, Copy)]
pub(crate) struct Stripes<'a> {
    pub(super) shared: &'a Stripe,
    pub(super) own: &'a OnceBox<OwnStripes>,
}

impl<'a> Stripes<'a> {
    /// Counts a success of `word` by a plain store, if the thread may do so. Otherwise returns `false`.
    #[inline]
    pub(crate) fn count_own_success(self, word: StateWord) -> bool {
        // Asked first: to the compiler this is a function call, and whatever is computed before would have to be saved across it.
        let thread = ThreadNumber::known();
        self.own.get().is_some_and(|own| own.of(thread).count(thread, word))
    }

    /// Counts a success of `word`, in whichever way. If it cannot be counted, returns `false`.
    #[inline]
    pub(crate) fn count_success(self, word: StateWord) -> bool {
        self.own.get().map_or_else(|| self.count_shared(word), |own| own.count_success(word))
    }

    /// Counts another call of `word`. If it cannot be counted, returns `false`.
    #[inline]
    pub(crate) fn count(self, word: StateWord) -> bool {
        self.own.get().map_or_else(|| self.count_shared(word), |own| own.count(word))
    }

    #[inline]
    fn count_shared(self, word: StateWord) -> bool {
        match self.shared.count(word) {
            Counting::Counted => true,
            Counting::Closed => false,
            Counting::Contended => self.split(),
        }
    }

    /// From now on this thread has a stripe of its own, and every other one that comes.
    #[cold]
    #[inline(never)]
    pub(crate) fn split(self) -> bool {
        self.own.get_or_init(|| Box::new(OwnStripes::new())).claim()
    }

    /// Logs a failure of `word`, whose successes are being counted. If there is no room for it, returns `false`.
    #[inline]
    pub(crate) fn log(self, word: StateWord) -> bool {
        let thread = ThreadNumber::known();
        let Some(stripes) = self.own.get() else { return false };
        let own = stripes.of(thread);
        let log = own.log().filter(|_| own.belongs_only_to(thread));
        log.is_some_and(|log| {
            log.enter(|| own.stripe.counted_of(word).is_some(), || self.successes(stripes, word))
        })
    }

    /// Enters a call of `word` into the journal of this thread. If it is not open, or there is no room, returns `false`.
    #[inline]
    pub(super) fn enter(self, word: StateWord, call: Entered) -> bool {
        let thread = ThreadNumber::known();
        let own = self.own.get().map(|stripes| stripes.of(thread));
        own.filter(|own| own.belongs_only_to(thread))
            .and_then(|own| own.journal.get())
            .is_some_and(|journal| journal.enter(word, call))
    }

    /// How many successes of `word` have been counted, as far as they are known here; `None` if stripes have been closed meanwhile.
    #[inline]
    fn successes(self, stripes: &OwnStripes, word: StateWord) -> Option<u64> {
        let counting = stripes.counting.load(Ordering::Acquire);
        // One that is just being opened has counted nothing.
        let counted_on = |stripe: &Stripe| stripe.counted_of(word).unwrap_or(0);
        let mut sum = if counting & 1 == 1 { counted_on(self.shared) } else { 0 };
        let mut left = counting >> 1;
        while let Some(own) = stripes.places.get(left.trailing_zeros() as usize) {
            sum += counted_on(&own.stripe) + own.successes(word);
            left &= left - 1;
        }
        // If they are open again by now, in another season, the failure was collected before that.
        (stripes.counting.load(Ordering::Acquire) != 0).then_some(sum)
    }

    /// Tells which stripes count successes, or have, before one more of them does.
    pub(super) fn publish_counting(self, counting: u32) {
        if let Some(stripes) = self.own.get() {
            stripes.counting.store(counting, Ordering::Release);
        }
    }

    /// The number of the stripe that is for this thread.
    pub(super) fn number(self) -> u32 {
        let thread = ThreadNumber::own();
        let has_own = self.own.get().is_some_and(|own| own.of(thread).is_owned());
        if has_own { 1 + thread.place(PLACES) as u32 } else { 0 }
    }

    /// The stripe that belongs to this thread and to no other, with its number.
    #[inline]
    pub(super) fn of_this_thread(self) -> Option<(u32, &'a OwnStripe)> {
        let number = self.number();
        let own = self.of_thread(number).filter(|own| own.is_of_this_thread());
        own.map(|own| (number, own))
    }

    /// The stripe of this number.
    #[inline]
    pub(super) fn get(self, number: u32) -> &'a Stripe {
        self.of_thread(number).map_or(self.shared, |own| &own.stripe)
    }

    /// The journal of the stripe of this number, or for 0 that of the threads without one, if it has been made.
    pub(super) fn journal(self, number: u32) -> Option<&'a Journal> {
        self.journal_place(number)?.get()
    }

    /// The number of the journal of this thread, which is made if there is none.
    pub(super) fn make_journal(self) -> u32 {
        let number = self.of_this_thread().map_or(0, |(number, _)| number);
        if let Some(place) = self.journal_place(number) {
            place.get_or_init(|| Box::new(Journal::closed()));
        }
        number
    }

    fn journal_place(self, number: u32) -> Option<&'a OnceBox<Journal>> {
        let own = self.of_thread(number).map(|own| &own.journal);
        own.or(self.own.get().map(|own| &own.journal))
    }

    /// All stripes of threads.
    pub(super) fn of_threads(self) -> impl Iterator<Item = &'a OwnStripe> {
        self.own.get().into_iter().flat_map(|own| &own.places)
    }

    /// The stripe of this number, if it belongs to a thread.
    #[inline]
    pub(super) fn of_thread(self, number: u32) -> Option<&'a OwnStripe> {
        self.own.get()?.places.get((number as usize).wrapping_sub(1))
    }
}

/// The place of the stripe of this number, which is a thread's.
pub(super) fn place(number: u32) -> usize {
    number as usize - 1
}

/// The numbers of the bits of a set, from the lowest.
pub(super) fn bits(mut set: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let lowest = (set != 0).then(|| set.trailing_zeros())?;
        set &= set - 1;
        Some(lowest)
    })
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{LIMIT, OwnStripe};
    use crate::engine::thread::ThreadNumber;
    use crate::engine::word::{Needs, StateWord, Timing};
    use crate::state::State;
    use std::sync::atomic::Ordering;
    use std::thread;

    const FIRST: StateWord = StateWord::first(Needs { timing: Timing::None, dated: false, tracked: false });

    #[test]
    fn a_stripe_of_threads_without_a_number_of_their_own_is_nobodys_alone() {
        let word = FIRST.used();
        let own = OwnStripe::unowned();
        let owned_by = |thread: ThreadNumber| {
            own.owner.store(thread.get(), Ordering::Relaxed);
            own.belongs_only_to(thread)
        };
        assert!(owned_by(ThreadNumber::own()) && !owned_by(ThreadNumber::SHARED));
        own.begin(word);
        assert!(!own.counts(word) && own.is_owned());
    }

    #[test]
    fn a_thread_looks_what_became_of_the_window_before_logs_mix_up_its_successes() {
        let (word, own, thread) = (FIRST.used(), OwnStripe::unowned(), ThreadNumber::own());
        own.owner.store(thread.get(), Ordering::Relaxed);
        own.begin(word);
        own.stripe.open(word, 0);
        own.allow(u64::MAX);
        assert_eq!((0..u64::MAX).find(|_| !own.count(thread, word)), Some(LIMIT));
    }

    #[test]
    fn a_thread_counts_by_itself_what_it_has_begun_while_its_stripe_is_open() {
        let word = FIRST.used().next(State::Closed);
        let own = OwnStripe::unowned();
        let thread = ThreadNumber::own();
        own.owner.store(thread.get(), Ordering::Relaxed);
        thread::scope(|scope| {
            let other = || {
                own.begin(word);
                assert!(!own.counts(word), "it belongs to another thread");
            };
            scope.spawn(other);
        });
        own.begin(word);
        own.allow(2);
        assert!(!own.count(thread, word), "its stripe is closed");
        own.stripe.open(word, 0);
        assert!(
            own.count(thread, word)
                && own.count(thread, word)
                && own.is_at_limit()
                && !own.count(thread, word)
        );
        own.allow(1);
        assert!(own.count(thread, word) && !own.count(thread, word));
        let next = word.next(State::Closed);
        assert!(!own.count(thread, word.failures()) && !own.count(thread, next));
        assert_eq!((own.successes(word), own.successes(next), own.stripe.close()), (3, 0, 0));
        own.stripe.open(next, 0);
        own.begin(next);
        own.allow(1);
        assert!(own.count(thread, next) && own.successes(next) == 1 && own.successes(word) == 0);
    }
}
