//! Numbers for running threads, to keep apart what they write.
//!
//! Each running thread has its own number, the lowest that was free when it first asked: so with few threads numbers stay low,
//! however many have come and gone. The next thread that gets a number sees everything that the previous one did.

#[cfg(not(fluxgate_loom))]
use std::cell::Cell;

#[cfg(not(fluxgate_loom))]
use crate::sync::{AtomicU64, Ordering};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ThreadNumber(u32);

impl ThreadNumber {
    /// The number of a thread that has not asked for one yet.
    pub(super) const UNKNOWN: Self = Self(0);
    /// Shared by threads that found no number free, and by threads that are ending.
    pub(super) const SHARED: Self = Self(u32::MAX);

    /// The number of the calling thread.
    #[cfg(not(fluxgate_loom))]
    #[inline]
    pub(super) fn own() -> Self {
        match NUMBER.get() {
            Self::UNKNOWN => take(),
            number => number,
        }
    }

    /// The same, or `UNKNOWN` if the thread has never asked for it.
    #[cfg(not(fluxgate_loom))]
    #[inline]
    pub(super) fn known() -> Self {
        NUMBER.get()
    }

    #[inline]
    pub(super) const fn get(self) -> u32 {
        self.0
    }

    /// Whether no other running thread has it.
    pub(super) fn is_unique(self) -> bool {
        self != Self::SHARED
    }

    /// Which of `places` belongs to the thread. Low numbers share none.
    #[inline]
    pub(super) const fn place(self, places: usize) -> usize {
        self.0 as usize % places
    }
}

#[cfg(not(fluxgate_loom))]
thread_local! {
    /// Without a destructor, so that reading it is one instruction.
    static NUMBER: Cell<ThreadNumber> = const { Cell::new(ThreadNumber::UNKNOWN) };
    static LEASE: Lease = const { Lease(Cell::new(0)) };
}

/// The numbers in use, a bit for each. The lowest is that of [`ThreadNumber::UNKNOWN`].
#[cfg(not(fluxgate_loom))]
static IN_USE: AtomicU64 = AtomicU64::new(1);

/// The thread's hold on its number, which ends with the thread. The number is given as its bit.
#[cfg(not(fluxgate_loom))]
struct Lease(Cell<u64>);

#[cfg(not(fluxgate_loom))]
impl Drop for Lease {
    fn drop(&mut self) {
        NUMBER.set(ThreadNumber::SHARED);
        IN_USE.fetch_and(!self.0.get(), Ordering::Release);
    }
}

#[cfg(not(fluxgate_loom))]
#[cold]
#[inline(never)]
fn take() -> ThreadNumber {
    let hold = |lease: &Lease| {
        let lowest = |in_use: u64| in_use | in_use.wrapping_add(1);
        #[allow(deprecated, reason = "its new name, `try_update`, needs Rust 1.95")]
        let in_use = IN_USE.fetch_update(Ordering::Acquire, Ordering::Relaxed, |in_use| {
            (in_use != u64::MAX).then(|| lowest(in_use))
        });
        in_use.map_or(ThreadNumber::SHARED, |before| {
            lease.0.set(lowest(before) & !before);
            ThreadNumber(before.trailing_ones())
        })
    };
    let number = LEASE.try_with(hold).unwrap_or(ThreadNumber::SHARED);
    NUMBER.set(number);
    number
}

/// Threads get numbers in turn.
#[cfg(fluxgate_loom)]
impl ThreadNumber {
    pub(super) fn known() -> Self {
        Self::own()
    }

    pub(super) fn own() -> Self {
        loom::lazy_static! {
            static ref NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        }
        loom::thread_local! {
            static OWN: ThreadNumber = ThreadNumber(NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
        OWN.with(|own| *own)
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::ThreadNumber;
    use std::sync::Barrier;
    use std::thread;

    #[test]
    fn running_threads_have_distinct_numbers_while_some_are_free() {
        assert_eq!(ThreadNumber::own(), ThreadNumber::own());
        let all_run = Barrier::new(80);
        let mut numbers: Vec<ThreadNumber> = thread::scope(|scope| {
            let run = || {
                let own = ThreadNumber::own();
                all_run.wait();
                assert_eq!(own, ThreadNumber::own());
                own
            };
            let threads: Vec<_> = (0..80).map(|_| scope.spawn(run)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        numbers.retain(|number| number.is_unique());
        let given = numbers.len();
        numbers.sort_by_key(|number| number.0);
        numbers.dedup();
        assert_eq!(numbers.len(), given);
        assert!(given < 64 && numbers.iter().all(|number| (1..64).contains(&number.0)));
    }

    #[test]
    fn numbers_are_released_when_threads_end() {
        for _ in 0..1_000 {
            let number = || ThreadNumber::own().is_unique().then(ThreadNumber::own);
            let number = thread::spawn(number).join().unwrap();
            // Other tests run concurrently, and may hold all numbers for a moment.
            assert!(number.is_none_or(|number| number.0 < 64));
        }
    }
}
