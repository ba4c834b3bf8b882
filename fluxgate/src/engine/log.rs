//! A thread's log of failures that came among successes, each with the number of successes that it came after.
//!
//! A failure first takes its place, and only then looks how many successes there were. To take a place is a locked instruction, since
//! the place may be taken back meanwhile; but after it, what other processors have yet to send is waited for by a plain store, while the
//! thread goes on. Who collects the log in between enters the failure after all the successes there are by then: its call has not
//! returned, so it may have failed as late as that.

use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// How many failures a log takes.
pub(super) const ENTRIES: usize = if cfg!(fluxgate_loom) { 2 } else { 30 };
/// How many it takes at first: those on its first cache line.
pub(super) const FIRST_ENTRIES: usize = if cfg!(fluxgate_loom) { 1 } else { 6 };
/// The numbers of any two successes that are counted at a time differ by less.
pub(super) const SPAN: u64 = 1 << (Content::NUMBER - 1);

/// Its places are used from the first to the last, all by one thread.
#[repr(C, align(64))]
pub(super) struct Log {
    /// For the thread only: the place that comes next, and the filling.
    next: AtomicU32,
    filling: AtomicU64,
    places: [Place; ENTRIES],
}

/// A place in a log, which belongs to one filling of it. Each filling of any log has a number of its own, so a thread that looks at a
/// place of one filling cannot take it in the next.
struct Place(AtomicU64);

/// What is in a place. From the lowest bit: whether there is a failure; whether its thread is done with it; the lowest bits of the number
/// of successes that it came after; the filling.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Content(u64);

impl Content {
    /// No place for a failure: it was taken back, or has never been one.
    const NOTHING: Self = Self(0);
    const FAILURE: u64 = 1;
    const DONE: u64 = 2;
    /// The lowest bit of the number, and how many it has.
    const AFTER: u32 = 2;
    const NUMBER: u32 = 26;
    const FILLING: u32 = Self::AFTER + Self::NUMBER;

    const fn vacant(filling: u64) -> Self {
        Self(filling << Self::FILLING)
    }

    /// A failure in this place, which is vacant.
    const fn failure(self) -> Self {
        Self(self.0 | Self::FAILURE)
    }

    /// This failure, after so many successes.
    const fn after(self, number: u64) -> Self {
        Self(self.0 | Self::DONE | (number << Self::AFTER) & ((1 << Self::FILLING) - 1))
    }

    const fn is_failure(self) -> bool {
        self.0 & Self::FAILURE != 0
    }

    const fn is_pending(self) -> bool {
        self.0 & (Self::FAILURE | Self::DONE) == Self::FAILURE
    }

    /// How many successes after the one with the number `last` the failure came, if its thread has said so; none, if it came before.
    const fn since(self, last: u64) -> Option<u64> {
        if self.0 & Self::FAILURE == 0 || self.is_pending() {
            return None;
        }
        let since = (self.0 >> Self::AFTER).wrapping_sub(last) & (2 * SPAN - 1);
        Some(if since < SPAN { since } else { 0 })
    }
}

impl Place {
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
        let place = |_| Place(AtomicU64::new(Content::NOTHING.0));
        Self {
            next: AtomicU32::new(ENTRIES as u32),
            filling: AtomicU64::new(0),
            places: std::array::from_fn(place),
        }
    }

    /// Enters a failure, unless there is no room, or no more once `is_open` has been asked. `number`: of the last success before it, if
    /// the log was not closed before that was known.
    ///
    /// Only for the thread to which the log belongs.
    #[inline]
    pub(super) fn enter(&self, is_open: impl FnOnce() -> bool, number: impl FnOnce() -> Option<u64>) -> bool {
        let next = self.next.load(Ordering::Relaxed);
        let Some(place) = self.places.get(next as usize) else { return false };
        let vacant = Content::vacant(self.filling.load(Ordering::Relaxed));
        // Of another season, if it is not open: then its place is taken back.
        if !is_open() || !place.replace(vacant, vacant.failure()) {
            return false;
        }
        self.next.store(next + 1, Ordering::Relaxed);
        // Who closed the log has counted the failure.
        place.set(number().map_or(Content::NOTHING, |number| vacant.failure().after(number)));
        true
    }

    /// Makes room for so many failures. All room there was must be used, and collected. Only for the thread to which the log belongs: so
    /// it is done with the places that it took.
    pub(super) fn open(&self, filling: u64, room: u32) {
        self.filling.store(filling, Ordering::Relaxed);
        // Those that come next are of an earlier filling.
        self.places[..room as usize].iter().for_each(|place| place.set(Content::vacant(filling)));
        self.next.store(0, Ordering::Relaxed);
    }

    /// Takes back what is left of the room for so many failures. To take the first free place is
    /// enough: the thread fills them in order, so it cannot reach the rest.
    pub(super) fn close(&self, opened: u8) {
        for place in &self.places[..usize::from(opened)] {
            let seen = place.get();
            if !seen.is_failure() && place.replace(seen, Content::NOTHING) {
                return;
            }
        }
    }

    /// How many failures there are, in the room for so many, of which the first few have been collected.
    pub(super) fn used(&self, opened: u8, collected: u8) -> u8 {
        let places = self.places[usize::from(collected)..usize::from(opened)].iter();
        collected + places.take_while(|place| place.get().is_failure()).count() as u8
    }

    /// How many successes after the one with the number `last` the failure in this place came, if that is known yet.
    pub(super) fn since(&self, place: u8, last: u64) -> Option<u64> {
        self.places.get(usize::from(place))?.get().since(last)
    }
}
