//! Words that all calls read without the lock, and that are stored under it.
//!
//! Plain atomics, except in a model. Loom decides which interleavings to try by the last access to each atomic; it remembers only
//! one access, and counts loads. So where a thread loads what it then stores, loom forgets an earlier load of another thread, and
//! never tries what that thread could have loaded afterwards. Therefore each loading thread also looks at a mark of its own, and
//! each storing thread touches the marks of all others.

use super::{AtomicU64, Ordering, const_unless_model};

pub(crate) struct Published {
    word: AtomicU64,
    #[cfg(fluxgate_loom)]
    model: model::Marks,
}

impl Published {
    const_unless_model! {
        pub(crate) const fn new(word: u64) -> Self {
            Self {
                word: AtomicU64::new(word),
                #[cfg(fluxgate_loom)]
                model: model::Marks::new(word),
            }
        }
    }

    #[inline]
    pub(crate) fn load(&self, order: Ordering) -> u64 {
        #[cfg(fluxgate_loom)]
        self.model.look();
        self.word.load(order)
    }

    /// The last value stored. The caller holds the lock under which values are stored.
    #[cfg(not(fluxgate_loom))]
    #[inline]
    pub(crate) fn latest(&self) -> u64 {
        self.word.load(Ordering::Relaxed)
    }

    /// There are no interleavings to try here.
    #[cfg(fluxgate_loom)]
    pub(crate) fn latest(&self) -> u64 {
        self.model.latest()
    }

    #[inline]
    pub(crate) fn store(&self, word: u64, order: Ordering) {
        #[cfg(fluxgate_loom)]
        self.model.touch();
        self.word.store(word, order);
        #[cfg(fluxgate_loom)]
        self.model.keep(|_| word);
    }

    #[cfg(feature = "chaos")]
    pub(crate) fn fetch_and(&self, bits: u64, order: Ordering) {
        #[cfg(fluxgate_loom)]
        self.model.touch();
        self.word.fetch_and(bits, order);
        #[cfg(fluxgate_loom)]
        self.model.keep(|word| word & bits);
    }

    pub(crate) fn fetch_or(&self, bits: u64, order: Ordering) {
        #[cfg(fluxgate_loom)]
        self.model.touch();
        self.word.fetch_or(bits, order);
        #[cfg(fluxgate_loom)]
        self.model.keep(|word| word | bits);
    }

    /// Replaces the word if `replace` returns a new one. Returns whether it did.
    pub(crate) fn update(&self, order: Ordering, mut replace: impl FnMut(u64) -> Option<u64>) -> bool {
        #[cfg(fluxgate_loom)]
        self.model.touch();
        #[allow(deprecated, reason = "its new name, `try_update`, needs Rust 1.95")]
        let replaced = self.word.fetch_update(order, Ordering::Relaxed, &mut replace).is_ok();
        #[cfg(fluxgate_loom)]
        self.model.keep(|word| if replaced { replace(word).unwrap_or(word) } else { word });
        replaced
    }
}

#[cfg(fluxgate_loom)]
mod model {
    use loom::sync::atomic::{AtomicU32, Ordering};
    use std::sync::atomic::{AtomicU64, AtomicUsize};

    /// Beyond this number, threads share marks.
    const MARKS: usize = 4;

    pub(super) struct Marks {
        marks: [AtomicU32; MARKS],
        /// Not one of loom's atomics: it is only read under the lock.
        latest: AtomicU64,
    }

    impl Marks {
        pub(super) fn new(word: u64) -> Self {
            let marks = std::array::from_fn(|_| AtomicU32::new(0));
            Self { marks, latest: AtomicU64::new(word) }
        }

        pub(super) fn latest(&self) -> u64 {
            self.latest.load(Ordering::Relaxed)
        }

        /// No other thread runs before the next operation that loom sees.
        pub(super) fn keep(&self, word: impl FnOnce(u64) -> u64) {
            self.latest.store(word(self.latest()), Ordering::Relaxed);
        }

        pub(super) fn look(&self) {
            self.marks[own()].load(Ordering::Relaxed);
        }

        /// Nothing that happens between these stores makes a difference.
        pub(super) fn touch(&self) {
            let own = own();
            loom::stop_exploring();
            for (_, mark) in self.marks.iter().enumerate().filter(|(thread, _)| *thread != own) {
                mark.store(0, Ordering::Relaxed);
            }
            loom::explore();
        }
    }

    /// The place of this thread's mark. Threads get places in turn.
    fn own() -> usize {
        loom::lazy_static! {
            static ref NEXT: AtomicUsize = AtomicUsize::new(0);
        }
        loom::thread_local! {
            static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed) % MARKS;
        }
        OWN.with(|own| *own)
    }
}
