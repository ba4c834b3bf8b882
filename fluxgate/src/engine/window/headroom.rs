//! How far a rule is from holding.

use fluxgate_rules::{Metrics, Node, distance};

use super::finished_call::FinishedCall;

/// How much worse the calls of a closed breaker may become before its rule could hold. Until then, it need not be evaluated.
///
/// Rules are monotone: if a rule does not hold for the worst figures that can come, it does not hold for those that do come, in
/// whatever order, and with any number of good calls among them.
#[derive(Clone, Copy)]
pub(crate) struct Headroom {
    /// How many more calls may fail.
    pub(crate) failures: u32,
    /// How many may be slow enough to reach a threshold.
    pub(crate) slow: u32,
    /// How many nanoseconds all calls may take together.
    pub(crate) latency: u64,
}

/// Upper bounds, in calls and in nanoseconds (13 days): more headroom than that makes no difference.
const MOST_CALLS: u64 = 1 << 22;
const MOST_LATENCY: u64 = 1 << 50;
/// For rules in which durations do not matter: 146 years.
const ANY_LATENCY: u64 = 1 << 62;

impl Headroom {
    pub(crate) const NONE: Self = Self { failures: 0, slow: 0, latency: 0 };

    /// Called after an evaluation in which the rule did not hold. Every `min` of the rule must be reached, or out of reach of any
    /// number of good calls, and the rule must depend on nothing but its calls.
    pub(super) fn find(nodes: &[Node], metrics: &Metrics) -> Self {
        let less = |missing: u64, most: u64| missing.saturating_sub(1).min(most);
        let measures = metrics.measures();
        let failures = less(distance::failures(nodes, metrics), MOST_CALLS);
        let slow = if measures.has_thresholds() {
            less(distance::slow_calls(nodes, metrics, failures), MOST_CALLS)
        } else {
            MOST_CALLS
        };
        let latency = if measures.average {
            less(distance::latency(nodes, metrics, failures, slow), MOST_LATENCY)
        } else {
            ANY_LATENCY
        };
        Self { failures: failures as u32, slow: slow as u32, latency }
    }

    /// What is left after the call, if the headroom covers it.
    #[inline]
    pub(super) fn after(self, call: &FinishedCall, is_averaged: bool) -> Option<Self> {
        let failures = self.failures.checked_sub(u32::from(call.failed))?;
        let slow = self.slow.checked_sub(u32::from(call.is_any_slow()))?;
        let latency = if is_averaged { self.latency.checked_sub(call.nanos)? } else { self.latency };
        Some(Self { failures, slow, latency })
    }

    /// Sets aside at most `most` failures to be counted without the lock. Returns how many.
    pub(super) fn set_aside(&mut self, most: u32) -> u32 {
        let number = self.failures.min(most);
        self.failures -= number;
        number
    }

    /// Sets aside `number` equal shares, without slow calls, and keeps as much as one of them. Returns one share.
    pub(super) fn set_shares_aside(&mut self, number: u32) -> Self {
        let parts = number.saturating_add(1);
        let share =
            Self { failures: self.failures / parts, slow: 0, latency: self.latency / u64::from(parts) };
        self.failures -= share.failures * number;
        self.latency -= share.latency * u64::from(number);
        share
    }

    /// Takes back what is left of what was set aside.
    pub(crate) fn reclaim(&mut self, unused: Self) {
        self.failures += unused.failures;
        self.slow += unused.slow;
        self.latency += unused.latency;
    }

    pub(super) fn is_less_than(self, other: Self) -> bool {
        self.failures < other.failures || self.slow < other.slow || self.latency < other.latency
    }
}
