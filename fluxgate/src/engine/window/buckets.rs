//! The memory of a time window.

use fluxgate_rules::Tally;

/// A tally for each of the most recent periods; the oldest is overwritten first.
pub(super) struct Buckets {
    /// In nanoseconds.
    width: u64,
    /// The number of the latest bucket, counted from the clock's zero.
    latest: u64,
    ring: Box<[Tally]>,
}

impl Buckets {
    pub(super) fn new(width: u64, count: usize) -> Self {
        Self { width: width.max(1), latest: 0, ring: vec![Tally::EMPTY; count.max(1)].into_boxed_slice() }
    }

    /// When the latest bucket ends.
    pub(super) fn end(&self) -> u64 {
        (self.latest + 1).saturating_mul(self.width)
    }

    /// Forgets buckets that are too old. Returns whether time has reached a new bucket. A clock that goes back changes nothing.
    pub(super) fn advance(&mut self, now: u64, tally: &mut Tally) -> bool {
        let number = now / self.width;
        if number <= self.latest {
            return false;
        }
        let count = self.ring.len() as u64;
        let passed = number - self.latest;
        for step in 1..=passed.min(count) {
            let place = ((self.latest + step) % count) as usize;
            let forgotten = std::mem::replace(&mut self.ring[place], Tally::EMPTY);
            *tally -= forgotten;
        }
        self.latest = number;
        true
    }

    /// Adds to the latest bucket.
    pub(super) fn add(&mut self, added: &Tally, tally: &mut Tally) {
        let place = (self.latest % self.ring.len() as u64) as usize;
        self.ring[place] += *added;
        *tally += *added;
    }

    pub(super) fn clear(&mut self) {
        self.ring.fill(Tally::EMPTY);
    }
}
