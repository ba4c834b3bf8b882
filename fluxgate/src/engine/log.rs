//! A thread's log of failures among successes, each with the number of successes that it came after.
//!
//! A failure takes its place first, and only then reads how many successes there were. Taking a place needs a locked instruction,
//! since it may be taken back concurrently; but after that, fetching what other processors have counted delays only a plain store,
//! while the thread goes on. Whoever collects the log in between records the failure after all successes counted by then: its call
//! has not returned, so it may have failed that late.

use crate::sync::{AtomicU32, AtomicU64, Ordering, fence_after_locked};

/// How many failures a log holds.
pub(super) const ENTRIES: usize = if cfg!(fluxgate_loom) { 2 } else { 30 };
/// How many it holds at first: those on its first cache line.
pub(super) const FIRST_ENTRIES: usize = if cfg!(fluxgate_loom) { 1 } else { 6 };
/// Any two successes counted at the same time have numbers that differ by less than this.
pub(super) const SPAN: u64 = 1 << (Content::NUMBER_BITS - 1);

/// Places are filled from first to last, all by one thread.
#[repr(C, align(64))]
pub(super) struct Log {
    /// For the thread only: the next place, and the filling.
    next: AtomicU32,
    filling: AtomicU64,
    places: [LogPlace; ENTRIES],
}

/// A place in a log, which belongs to one filling of it. Fillings are numbered across all logs, so a thread that has looked at a
/// place in one filling cannot take it in the next.
struct LogPlace(AtomicU64);

/// What a place holds. From the lowest bit: whether there is a failure; whether its thread is done with it; the low bits of the
/// number of successes that it came after; the filling.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Content(u64);

impl Content {
    /// Not free for a failure: taken back, or never opened.
    const NOTHING: Self = Self(0);
    const FAILURE: u64 = 1;
    const DONE: u64 = 2;
    /// Where the number begins, and how many bits it has.
    const AFTER: u32 = 2;
    const NUMBER_BITS: u32 = 26;
    const FILLING: u32 = Self::AFTER + Self::NUMBER_BITS;

    const fn vacant(filling: u64) -> Self {
        Self(filling << Self::FILLING)
    }

    /// This vacant place, taken by a failure.
    const fn failure(self) -> Self {
        Self(self.0 | Self::FAILURE)
    }

    /// This failure, after `number` successes.
    const fn after(self, number: u64) -> Self {
        Self(self.0 | Self::DONE | (number << Self::AFTER) & ((1 << Self::FILLING) - 1))
    }

    const fn is_failure(self) -> bool {
        self.0 & Self::FAILURE != 0
    }

    const fn is_pending(self) -> bool {
        self.0 & (Self::FAILURE | Self::DONE) == Self::FAILURE
    }

    /// How many successes came between number `last` and the failure, if its thread has stored that already; 0 if it came before `last`.
    const fn since(self, last: u64) -> Option<u64> {
        if self.0 & Self::FAILURE == 0 || self.is_pending() {
            return None;
        }
        let since = (self.0 >> Self::AFTER).wrapping_sub(last) & (2 * SPAN - 1);
        Some(if since < SPAN { since } else { 0 })
    }
}

impl LogPlace {
    fn get(&self) -> Content {
        Content(self.0.load(Ordering::Acquire))
    }

    fn replace(&self, seen: Content, new: Content) -> bool {
        self.0.compare_exchange(seen.0, new.0, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    fn set(&self, content: Content) {
        self.0.store(content.0, Ordering::Release);
    }
}

impl Log {
    pub(super) fn new() -> Self {
        let place = |_| LogPlace(AtomicU64::new(Content::NOTHING.0));
        Self {
            next: AtomicU32::new(ENTRIES as u32),
            filling: AtomicU64::new(0),
            places: std::array::from_fn(place),
        }
    }

    /// Logs a failure, if there is room, `is_open` confirms it, and the place is not taken back meanwhile. `number` is that of the last
    /// success before it, or `None` if the log was closed before that was known.
    ///
    /// Only for the thread that owns the log.
    #[inline]
    pub(super) fn enter(&self, is_open: impl FnOnce() -> bool, number: impl FnOnce() -> Option<u64>) -> bool {
        let next = self.next.load(Ordering::Relaxed);
        let Some(place) = self.places.get(next as usize) else { return false };
        let vacant = Content::vacant(self.filling.load(Ordering::Relaxed));
        // If it is not open, this is another season, and the place is taken back.
        if !is_open() || !place.replace(vacant, vacant.failure()) {
            return false;
        }
        // Of two threads that fail at once, at least one must see what the other has counted before its failure. Otherwise both
        // failures could seem to come before the successes that they followed.
        fence_after_locked();
        self.next.store(next + 1, Ordering::Relaxed);
        // If `None`, whoever closed the log has already counted the failure.
        place.set(number().map_or(Content::NOTHING, |number| vacant.failure().after(number)));
        true
    }

    /// Makes room for `room` failures. All earlier room must be used and collected. Only for the thread that owns the log, so it
    /// has finished with the places that it took.
    pub(super) fn open(&self, filling: u64, room: u32) {
        self.filling.store(filling, Ordering::Relaxed);
        // The places after these keep an earlier filling.
        self.places[..room as usize].iter().for_each(|place| place.set(Content::vacant(filling)));
        self.next.store(0, Ordering::Relaxed);
    }

    /// Takes back the unused part of the room for `opened` failures. Taking the first free place is enough: the thread fills them
    /// in order, so it cannot reach the rest.
    pub(super) fn close(&self, opened: u8) {
        for place in &self.places[..usize::from(opened)] {
            let seen = place.get();
            if !seen.is_failure() && place.replace(seen, Content::NOTHING) {
                return;
            }
        }
    }

    /// How many of the `opened` places hold a failure, given that the first `collected` do.
    pub(super) fn used(&self, opened: u8, collected: u8) -> u8 {
        let places = self.places[usize::from(collected)..usize::from(opened)].iter();
        collected + places.take_while(|place| place.get().is_failure()).count() as u8
    }

    /// How many successes came between number `last` and the failure in this place, if that is known yet.
    pub(super) fn since(&self, place: u8, last: u64) -> Option<u64> {
        self.places.get(usize::from(place))?.get().since(last)
    }
}
