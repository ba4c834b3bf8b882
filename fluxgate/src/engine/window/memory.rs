//! A window's memory.

use fluxgate_rules::limits::MAX_THRESHOLDS;
use fluxgate_rules::{Extent, Measures, Metrics, Node, Rule, Tally, Window};

use super::buckets::Buckets;
use super::finished_call::FinishedCall;
use super::ring::Ring;
use super::unrecorded::Unrecorded;
use crate::clock::NEVER;
use crate::engine::word::StateWord;

/// What is remembered of calls: the sliding window or, during a trial, the trial's tally in its place.
pub(crate) struct Memory {
    pub(crate) measures: Measures,
    tally: Tally,
    streak: u32,
    /// The time of the latest outcome or reading, if the breaker reads the time.
    latest: u64,
    /// The time of the last success, or else of the first outcome.
    succeeded: u64,
    storage: Storage,
}

enum Storage {
    Count(Ring),
    Time(Buckets),
}

impl Memory {
    pub(crate) fn new(window: &Window, measures: Measures) -> Self {
        let storage = match window.extent {
            Extent::Count(size) => Storage::Count(Ring::new(size, &measures)),
            Extent::Time(_) => Storage::Time(Buckets::new(window.bucket_nanos(), window.bucket_count())),
        };
        Self { measures, tally: Tally::EMPTY, streak: 0, latest: 0, succeeded: NEVER, storage }
    }

    /// Forgets all calls, but not when one last succeeded.
    pub(crate) fn clear(&mut self) {
        self.tally = Tally::EMPTY;
        self.streak = 0;
        match &mut self.storage {
            Storage::Count(ring) => ring.clear(),
            Storage::Time(buckets) => buckets.clear(),
        }
    }

    /// Records into the sliding window. Returns whether this could make a rule hold that did not hold before: not if a fast success
    /// took the place of another call, because then nothing has become worse.
    pub(crate) fn record(&mut self, call: FinishedCall, now: u64) -> bool {
        self.end(call, now);
        let measures = &self.measures;
        match &mut self.storage {
            Storage::Count(ring) => {
                let replaces = ring.is_full(&self.tally);
                ring.record(call, measures, &mut self.tally);
                !(replaces && call.is_fast_success() && !measures.average)
            }
            Storage::Time(buckets) => {
                buckets.advance(now, &mut self.tally);
                buckets.add(&call.tally(measures), &mut self.tally);
                true
            }
        }
    }

    /// Records into the trial's tally, which forgets nothing.
    pub(crate) fn record_trial(&mut self, call: FinishedCall, now: u64) {
        self.end(call, now);
        self.tally += call.tally(&self.measures);
    }

    /// Ends or lengthens the streak.
    #[inline]
    fn end(&mut self, call: FinishedCall, now: u64) {
        self.streak = if call.failed { self.streak.saturating_add(1) } else { 0 };
        if self.measures.recency {
            self.latest = self.latest.max(now);
            self.succeeded = if call.failed { self.succeeded.min(self.latest) } else { self.latest };
        }
    }

    /// Forgets calls that have become too old.
    pub(crate) fn advance(&mut self, now: u64) {
        self.latest = self.latest.max(now);
        if let Storage::Time(buckets) = &mut self.storage {
            buckets.advance(now, &mut self.tally);
        }
    }

    pub(crate) fn metrics(&self) -> Metrics {
        Metrics::new(self.tally, self.streak, self.measures)
            .after_success(self.latest.saturating_sub(self.succeeded))
    }

    /// Whether one more fast success would change anything but what is counted: end a streak, move an average, or be the last success.
    #[inline]
    pub(crate) fn is_moved_by_success(&self) -> bool {
        self.streak > 0 || self.measures.average || self.measures.recency
    }

    /// Whether one more fast success would leave the memory exactly as it is, if it [moves](Self::is_moved_by_success) nothing: every
    /// remembered call is one, too.
    #[inline]
    pub(crate) fn is_saturated(&self) -> bool {
        match &self.storage {
            Storage::Count(ring) => {
                ring.is_full(&self.tally)
                    && self.tally.failures == 0
                    && self.tally.slow == [0; MAX_THRESHOLDS]
            }
            Storage::Time(_) => false,
        }
    }

    /// Lets successes of `word` go unrecorded, if none of them can make the rule hold, which does not hold now. They must not
    /// [move](Self::is_moved_by_success) anything.
    pub(crate) fn grant(&mut self, unrecorded: &Unrecorded, word: StateWord, rule: &[Node]) {
        match &mut self.storage {
            Storage::Count(ring) => {
                if ring.is_full(&self.tally) {
                    unrecorded.allowance.grant(word, ring.grant(&self.measures));
                }
            }
            Storage::Time(buckets) => {
                // Each adds a call, so the largest `min` of the rule must be reached already.
                if self.tally.total >= u64::from(Rule::largest_min(rule)) {
                    unrecorded.stripes().grant(word, buckets.end());
                }
            }
        }
    }

    /// Takes back what was granted, and adds the successes that went unrecorded.
    pub(crate) fn reclaim(&mut self, unrecorded: &Unrecorded) {
        match &mut self.storage {
            Storage::Count(ring) => ring.reclaim(unrecorded.allowance.reclaim()),
            Storage::Time(buckets) => {
                let successes = unrecorded.reclaim_stripes();
                if successes > 0 {
                    buckets.add(&Tally { total: successes, ..Tally::EMPTY }, &mut self.tally);
                }
            }
        }
    }
}
