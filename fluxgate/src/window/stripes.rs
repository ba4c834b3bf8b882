//! Counting the successes of a healthy time window without contention.

use crate::state::Word;
use crate::sync::Mutex;

const STRIPES: usize = if cfg!(fluxgate_loom) { 2 } else { 16 };

/// Counters of successes, of which each thread mostly has one to itself.
///
/// They are open while the window holds no failure and no slow call, because then one more fast success cannot trip the
/// rule, and no one has to look. Whoever records anything else closes them first, one by one, and takes what they
/// counted; a success that finds its stripe closed is recorded like any other call. So a success is either counted
/// before the stripe was taken, and is in the tally that the failure is judged by, or after, and is judged itself.
pub(crate) struct Stripes([Stripe; STRIPES]);

/// Alone on its cache lines: neighbours are fetched in pairs.
#[repr(align(128))]
struct Stripe(Mutex<Count>);

struct Count {
    /// The word under which calls may be counted; none while closed.
    word: Word,
    /// When the bucket ends for which calls are counted.
    end: u64,
    successes: u64,
}

impl Stripes {
    pub(crate) fn new() -> Self {
        Self(std::array::from_fn(|_| Stripe(Mutex::new(Count { word: Word::NONE, end: 0, successes: 0 }))))
    }

    /// Counts a fast success at `now` of a call admitted under `word`; false where it has to be recorded instead.
    #[inline]
    pub(crate) fn count(&self, word: Word, now: u64) -> bool {
        let mut count = self.0[own()].0.lock();
        let open = count.word == word && now < count.end;
        count.successes += u64::from(open);
        open
    }

    /// Opens all stripes to successes of `word` until `end`.
    pub(super) fn open(&self, word: Word, end: u64) {
        for stripe in &self.0 {
            let mut count = stripe.0.lock();
            count.word = word;
            count.end = end;
        }
    }

    /// Closes all stripes and takes what they counted.
    pub(super) fn close(&self) -> u64 {
        let mut successes = 0;
        for stripe in &self.0 {
            let mut count = stripe.0.lock();
            count.word = Word::NONE;
            successes += std::mem::take(&mut count.successes);
        }
        successes
    }
}

/// The calling thread's stripe.
#[cfg(not(fluxgate_loom))]
#[inline]
fn own() -> usize {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    OWN.with(|own| {
        if own.get() == usize::MAX {
            own.set(NEXT.fetch_add(1, Ordering::Relaxed) % STRIPES);
        }
        own.get()
    })
}

/// One of two, by turns: which thread has which does not matter to a model.
#[cfg(fluxgate_loom)]
fn own() -> usize {
    loom::lazy_static! {
        static ref NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    }
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % STRIPES
}
