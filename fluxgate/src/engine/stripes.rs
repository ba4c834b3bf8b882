//! Counting calls without the lock.
//!
//! Some calls are all alike: successes while no success can make the rule hold, failures while a certain number of them cannot,
//! refusals. Only their number matters, so counting them on a stripe is all there is to do. At first all threads share one stripe.
//! As soon as two have met there, or one keeps coming back, each gets its own.
//!
//! On its own stripe, a thread counts successes with plain stores; sharing would need a locked instruction. So a success may be
//! *late*: it found its stripe open, but is stored after the stripe was closed. That does no harm: stripes are collected as long as
//! the generation lasts, and nothing needs to be judged because of it, since a window of calls never shrinks. A time window might
//! have shrunk by then, so there no thread counts by itself. What is stored after the end of the generation was too late for it,
//! like any other outcome.
//!
//! A failure among successes is different, but while it cannot make the rule hold either, all that matters is how many successes it
//! came after. So it needs no lock: it takes a place in the [log](super::log) of its thread, reads all stripes, and adds up what
//! they have counted.
//!
//! Where that would cost too much, or calls differ, threads enter calls into [journals](super::journal) instead, and no stripe is
//! open.
//!
//! Stripes are [opened, collected and closed](super::grants) under the breaker's lock. The time between two closings is a *season*.

use super::journal::{Journal, JournalEntry};
use super::log::Log;
use super::stripe::{Counting, LARGEST, Stripe};
use super::thread::ThreadNumber;
use super::word::StateWord;
use crate::sync::{AtomicU32, AtomicU64, OnceBox, Ordering};

/// A thread's own stripe, aligned to pairs of cache lines, because processors prefetch lines in pairs.
#[repr(C, align(128))]
pub(super) struct OwnStripe {
    /// Open while the thread may count. Also counts what the thread does not count by itself, and calls of other threads that share
    /// this place.
    pub(super) stripe: Stripe,
    /// The number of the thread that owns the stripe, if one does.
    owner: AtomicU32,
    /// The generation of the successes that the thread has counted by itself.
    generation: AtomicU64,
    /// How many it may count.
    limit: AtomicU64,
    successes: OwnLine<AtomicU64>,
    /// How many there were at the end of that generation, if it has ended.
    in_time: AtomicU64,
    /// Made when it first gets room.
    log: OnceBox<Log>,
    /// Made when it is first opened.
    journal: OnceBox<Journal>,
}

/// On its own cache line: other threads read it at each of their failures.
#[repr(align(64))]
struct OwnLine<T>(T);

/// The most successes that a thread counts by itself before it checks on the window.
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

    /// Whether a thread has ever claimed it.
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

    /// Counts a success with a plain store, if the stripe belongs to this thread, and the thread may count.
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

    /// Under the lock, on its thread: from now on, the thread counts all successes of the generation by itself. Returns how many of
    /// an earlier generation were [too late](Self::too_late).
    pub(super) fn begin(&self, word: StateWord) -> u64 {
        if self.counts(word) || !self.is_of_this_thread() {
            return 0;
        }
        let too_late = self.too_late(word);
        self.successes.0.store(0, Ordering::Relaxed);
        self.generation.store(word.generation(), Ordering::Release);
        too_late
    }

    /// Under the lock: the generation ends. Returns how many of its successes the thread has counted by itself.
    pub(super) fn end(&self, word: StateWord) -> u64 {
        let successes = self.successes(word);
        if self.counts(word) {
            self.in_time.store(successes, Ordering::Relaxed);
        }
        successes
    }

    /// Under the lock: how many successes of an earlier generation the thread stored after its end.
    pub(super) fn too_late(&self, word: StateWord) -> u64 {
        if self.counts(word) {
            return 0;
        }
        self.successes.0.load(Ordering::Acquire) - self.in_time.load(Ordering::Relaxed)
    }

    /// Under the lock: allows `number` more successes than counted so far.
    pub(super) fn allow(&self, number: u64) {
        let successes = self.successes.0.load(Ordering::Relaxed);
        self.limit.store(successes + number.min(LIMIT), Ordering::Relaxed);
    }

    /// Whether it has reached its limit.
    pub(super) fn is_at_limit(&self) -> bool {
        self.successes.0.load(Ordering::Relaxed) >= self.limit.load(Ordering::Relaxed)
    }
}

/// How many threads can have a stripe of their own. Further threads share those.
pub(super) const PLACES: usize = if cfg!(fluxgate_loom) { 2 } else { 16 };

/// The stripes of threads.
pub(crate) struct OwnStripes {
    /// The stripes that count successes in this generation, or have done so, a bit for each; none while they are being closed.
    counting: AtomicU32,
    /// For threads without a stripe of their own, under the lock.
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

    /// The stripe for a thread. It may belong to another thread that has the same place.
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

    /// Gives this thread a stripe of its own, if its place is free. The current call takes the lock, where the stripe is opened.
    #[cold]
    #[inline(never)]
    fn claim(&self) -> bool {
        let (thread, nobody) = (ThreadNumber::own(), ThreadNumber::UNKNOWN.get());
        let owner = &self.of(thread).owner;
        let _ = owner.compare_exchange(nobody, thread.get(), Ordering::Relaxed, Ordering::Relaxed);
        false
    }
}

/// All stripes of a breaker. The shared one has number 0, that of a thread one more than its place.
#[derive(Clone, Copy)]
pub(crate) struct Stripes<'a> {
    pub(super) shared: &'a Stripe,
    pub(super) own: &'a OnceBox<OwnStripes>,
}

impl<'a> Stripes<'a> {
    /// Counts a success of `word` with a plain store, if the thread may. Otherwise returns `false`.
    #[inline]
    pub(crate) fn count_own_success(self, word: StateWord) -> bool {
        // First, because to the compiler this is a function call, across which earlier results would have to be saved.
        let thread = ThreadNumber::known();
        self.own.get().is_some_and(|own| own.of(thread).count(thread, word))
    }

    /// Counts a success of `word` in any way. Returns `false` if that is not possible.
    #[inline]
    pub(crate) fn count_success(self, word: StateWord) -> bool {
        self.own.get().map_or_else(|| self.count_shared(word), |own| own.count_success(word))
    }

    /// Counts another kind of call, of `word`. Returns `false` if that is not possible.
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

    /// Gives this thread a stripe of its own and, from now on, every other thread that comes.
    #[cold]
    #[inline(never)]
    pub(crate) fn split(self) -> bool {
        self.own.get_or_init(|| Box::new(OwnStripes::new())).claim()
    }

    /// Logs a failure of `word`, whose successes are being counted. Returns `false` if there is no room.
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

    /// Enters a call of `word` into the journal of this thread. Returns `false` if it is not open or has no room.
    #[inline]
    pub(super) fn enter(self, word: StateWord, call: JournalEntry) -> bool {
        let thread = ThreadNumber::known();
        let own = self.own.get().map(|stripes| stripes.of(thread));
        own.filter(|own| own.belongs_only_to(thread))
            .and_then(|own| own.journal.get())
            .is_some_and(|journal| journal.enter(word, call))
    }

    /// How many successes of `word` have been counted, as far as visible here; `None` if stripes are being closed.
    #[inline]
    fn successes(self, stripes: &OwnStripes, word: StateWord) -> Option<u64> {
        let counting = stripes.counting.load(Ordering::Acquire);
        // A stripe that is just being opened has counted nothing.
        let counted_on = |stripe: &Stripe| stripe.counted_of(word).unwrap_or(0);
        let mut sum = if counting & 1 == 1 { counted_on(self.shared) } else { 0 };
        let mut left = counting >> 1;
        while let Some(own) = stripes.places.get(left.trailing_zeros() as usize) {
            sum += counted_on(&own.stripe) + own.successes(word);
            left &= left - 1;
        }
        // If the stripes have been reopened, in another season, the failure was collected before that.
        (stripes.counting.load(Ordering::Acquire) != 0).then_some(sum)
    }

    /// Publishes which stripes count successes, or have, before another one begins to.
    pub(super) fn publish_counting(self, counting: u32) {
        if let Some(stripes) = self.own.get() {
            stripes.counting.store(counting, Ordering::Release);
        }
    }

    /// The number of this thread's stripe.
    pub(super) fn number(self) -> u32 {
        let thread = ThreadNumber::own();
        let has_own = self.own.get().is_some_and(|own| own.of(thread).is_owned());
        if has_own { 1 + thread.place(PLACES) as u32 } else { 0 }
    }

    /// The stripe that belongs to this thread alone, with its number.
    #[inline]
    pub(super) fn of_this_thread(self) -> Option<(u32, &'a OwnStripe)> {
        let number = self.number();
        let own = self.of_thread(number).filter(|own| own.is_of_this_thread());
        own.map(|own| (number, own))
    }

    /// The stripe with this number.
    #[inline]
    pub(super) fn get(self, number: u32) -> &'a Stripe {
        self.of_thread(number).map_or(self.shared, |own| &own.stripe)
    }

    /// The journal of the stripe with this number, or for 0 that of the threads without one, if it exists.
    pub(super) fn journal(self, number: u32) -> Option<&'a Journal> {
        self.journal_place(number)?.get()
    }

    /// The number of this thread's journal, which is made if there is none.
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

    /// The stripe with this number, if it is a thread's.
    #[inline]
    pub(super) fn of_thread(self, number: u32) -> Option<&'a OwnStripe> {
        self.own.get()?.places.get((number as usize).wrapping_sub(1))
    }
}

/// The place of a thread's stripe with this number.
pub(super) fn place(number: u32) -> usize {
    number as usize - 1
}

/// The numbers in a set of bits, ascending.
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
    fn a_stripe_of_threads_that_share_a_number_belongs_to_none_of_them_alone() {
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
    fn a_thread_checks_on_the_window_before_logs_could_confuse_its_successes() {
        let (word, own, thread) = (FIRST.used(), OwnStripe::unowned(), ThreadNumber::own());
        own.owner.store(thread.get(), Ordering::Relaxed);
        own.begin(word);
        own.stripe.open(word, 0);
        own.allow(u64::MAX);
        assert_eq!((0..u64::MAX).find(|_| !own.count(thread, word)), Some(LIMIT));
    }

    #[test]
    fn a_thread_counts_by_itself_only_its_generation_and_while_its_stripe_is_open() {
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
