//! A call whose outcome is known.

use fluxgate_rules::limits::MAX_THRESHOLDS;
use fluxgate_rules::{Measures, Tally};

#[derive(Clone, Copy, Debug)]
pub(crate) struct FinishedCall {
    pub(crate) failed: bool,
    /// One bit for each threshold that the duration reached.
    slow: u8,
    /// How long it took, if measured.
    pub(crate) nanos: u64,
}

impl FinishedCall {
    pub(crate) fn new(failed: bool, nanos: u64, measures: &Measures) -> Self {
        let mut slow = 0;
        if nanos >= measures.slow_from() {
            for (place, &threshold) in measures.thresholds.iter().enumerate() {
                slow |= u8::from(threshold != 0 && nanos >= threshold) << place;
            }
        }
        Self { failed, slow, nanos }
    }

    /// Whether it reached any of these thresholds, given as one bit each.
    pub(crate) fn reached_any(&self, thresholds: u8) -> bool {
        self.slow & thresholds != 0
    }

    pub(super) fn is_slow(&self, threshold: usize) -> bool {
        self.slow >> threshold & 1 == 1
    }

    /// Whether it reached any threshold.
    pub(crate) fn is_any_slow(&self) -> bool {
        self.slow != 0
    }

    /// Whether it succeeded and reached no threshold.
    pub(crate) fn is_fast_success(&self) -> bool {
        !self.failed && self.slow == 0
    }

    pub(super) fn tally(&self, measures: &Measures) -> Tally {
        Tally {
            total: 1,
            failures: u64::from(self.failed),
            slow: std::array::from_fn(|threshold| u64::from(self.is_slow(threshold))),
            latency: if measures.average { u128::from(self.nanos) } else { 0 },
        }
    }
}

const _: () = assert!(MAX_THRESHOLDS <= 8, "a bit for each threshold");
