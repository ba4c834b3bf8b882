//! A window's memory.

use fluxgate_rules::metrics::MAX_THRESHOLDS;
use fluxgate_rules::{Extent, Measures, Metrics, Node, Rule, Tally, Window};

use super::buckets::Buckets;
use super::ring::Ring;
use super::unrecorded::Unrecorded;
use crate::engine::word::Word;

/// A finished call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) failed: bool,
    /// One bit for each threshold that the duration reached.
    slow: u8,
    /// How long it took, if that was measured.
    pub(super) nanos: u64,
}

impl Entry {
    pub(crate) fn new(failed: bool, nanos: u64, measures: &Measures) -> Self {
        let mut slow = 0;
        for (place, &threshold) in measures.thresholds.iter().enumerate() {
            slow |= u8::from(threshold != 0 && nanos >= threshold) << place;
        }
        Self { failed, slow, nanos }
    }

    pub(super) fn is_slow(&self, threshold: usize) -> bool {
        self.slow >> threshold & 1 == 1
    }

    /// Whether the call succeeded and reached no threshold.
    pub(crate) fn is_fast_success(&self) -> bool {
        !self.failed && self.slow == 0
    }

    fn tally(&self, measures: &Measures) -> Tally {
        Tally {
            total: 1,
            failures: u64::from(self.failed),
            slow: std::array::from_fn(|threshold| u64::from(self.is_slow(threshold))),
            latency: if measures.average { u128::from(self.nanos) } else { 0 },
        }
    }
}

const _: () = assert!(MAX_THRESHOLDS <= 8, "a bit for each threshold");

/// What is remembered of calls: the sliding window or, during a trial, the trial's tally in its place.
pub(crate) struct Memory {
    tally: Tally,
    streak: u32,
    kind: Kind,
}

enum Kind {
    Count(Ring),
    Time(Buckets),
}

impl Memory {
    pub(crate) fn new(window: &Window, measures: &Measures) -> Self {
        let kind = match window.extent {
            Extent::Count(size) => Kind::Count(Ring::new(size, measures)),
            Extent::Time(_) => Kind::Time(Buckets::new(window.bucket_nanos(), window.bucket_count())),
        };
        Self { tally: Tally::EMPTY, streak: 0, kind }
    }

    pub(crate) fn clear(&mut self) {
        self.tally = Tally::EMPTY;
        self.streak = 0;
        match &mut self.kind {
            Kind::Count(ring) => ring.clear(),
            Kind::Time(buckets) => buckets.clear(),
        }
    }

    /// Records into the sliding window. Returns whether this could make a rule hold that did not hold before: not if a fast success
    /// took the place of another call, because then nothing has become worse.
    pub(crate) fn record(&mut self, entry: Entry, now: u64, measures: &Measures) -> bool {
        self.streak = if entry.failed { self.streak.saturating_add(1) } else { 0 };
        match &mut self.kind {
            Kind::Count(ring) => {
                let replaces = ring.is_full(&self.tally);
                ring.record(entry, measures, &mut self.tally);
                !(replaces && entry.is_fast_success() && !measures.average)
            }
            Kind::Time(buckets) => {
                buckets.advance(now, &mut self.tally);
                buckets.add(&entry.tally(measures), &mut self.tally);
                true
            }
        }
    }

    /// Records into the trial's tally, which forgets nothing.
    pub(crate) fn record_trial(&mut self, entry: Entry, measures: &Measures) {
        self.streak = if entry.failed { self.streak.saturating_add(1) } else { 0 };
        self.tally += entry.tally(measures);
    }

    /// Forgets calls that have become too old.
    pub(crate) fn advance(&mut self, now: u64) {
        if let Kind::Time(buckets) = &mut self.kind {
            buckets.advance(now, &mut self.tally);
        }
    }

    pub(crate) fn metrics(&self, measures: &Measures) -> Metrics {
        Metrics::new(self.tally, self.streak, *measures)
    }

    /// Whether one more fast success would leave the memory exactly as it is.
    pub(crate) fn is_saturated(&self, measures: &Measures) -> bool {
        match &self.kind {
            Kind::Count(ring) => ring.is_full(&self.tally) && self.is_clean(measures),
            Kind::Time(_) => false,
        }
    }

    /// Whether every remembered call is a fast success.
    fn is_clean(&self, measures: &Measures) -> bool {
        self.tally.failures == 0
            && self.streak == 0
            && self.tally.slow == [0; MAX_THRESHOLDS]
            && !measures.average
    }

    /// Adds the successes that went unrecorded.
    pub(crate) fn collect(&mut self, unrecorded: &Unrecorded) {
        match &mut self.kind {
            Kind::Count(ring) => ring.resume(unrecorded.allowance.take_back()),
            Kind::Time(buckets) => {
                let successes = unrecorded.close();
                if successes > 0 {
                    buckets.add(&Tally { total: successes, ..Tally::EMPTY }, &mut self.tally);
                }
            }
        }
    }

    /// Lets successes of `word` go unrecorded, if none of them can make the rule hold, which does not hold now.
    pub(crate) fn release(
        &mut self,
        unrecorded: &Unrecorded,
        word: Word,
        rule: &[Node],
        measures: &Measures,
    ) {
        if self.streak > 0 || measures.average {
            return;
        }
        match &mut self.kind {
            Kind::Count(ring) => {
                if ring.is_full(&self.tally) {
                    unrecorded.allowance.give(word, ring.allow(measures));
                }
            }
            Kind::Time(buckets) => {
                // Each adds a call, so the largest `min` of the rule must be reached already.
                if self.tally.total >= u64::from(Rule::largest_min(rule)) {
                    unrecorded.open(word, buckets.end());
                }
            }
        }
    }
}
