//! How far a rule is from holding.

use fluxgate_rules::{Metrics, Node, distance};

use super::finished_call::FinishedCall;

/// How much worse the calls of a closed breaker may become before its rule could hold: until then it need not be evaluated.
///
/// A rule is monotone. So if it does not hold for figures that are worse than any that can come, it does not hold for those that do
/// come, whatever the order of the calls, and however many good ones there are among them.
#[derive(Clone, Copy)]
pub(crate) struct Headroom {
    /// So many more calls may be bad: failed, or so slow that they reached a threshold.
    pub(crate) bad: u32,
    /// So many nanoseconds all calls may take together.
    pub(crate) latency: u64,
}

/// More than these, of bad calls and of nanoseconds (13 days), are not told, so that sums of them are no larger than they are written.
const MOST_BAD: u64 = 1 << 22;
const MOST_LATENCY: u64 = 1 << 50;
/// Where durations do not matter: 146 years.
const ANY_LATENCY: u64 = 1 << 62;

impl Headroom {
    pub(crate) const NONE: Self = Self { bad: 0, latency: 0 };

    /// After an evaluation by which the rule did not hold. Every `min` of the rule must be reached, or no number of good calls may
    /// reach it; and the rule must depend on nothing else than its calls.
    pub(super) fn find(nodes: &[Node], metrics: &Metrics) -> Self {
        let bad = distance::bad_calls(nodes, metrics).saturating_sub(1).min(MOST_BAD);
        let latency = if metrics.measures().average {
            distance::latency(nodes, metrics, bad).saturating_sub(1).min(MOST_LATENCY)
        } else {
            ANY_LATENCY
        };
        Self { bad: bad as u32, latency }
    }

    /// What is left of it after the call, if it covers the call.
    #[inline]
    pub(super) fn after(self, call: &FinishedCall, is_averaged: bool) -> Option<Self> {
        let bad = self.bad.checked_sub(u32::from(!call.is_fast_success()))?;
        let latency = if is_averaged { self.latency.checked_sub(call.nanos)? } else { self.latency };
        Some(Self { bad, latency })
    }

    /// Sets aside at most so many failures that are to be counted without the lock. Returns how many.
    pub(super) fn set_aside(&mut self, most: u32) -> u32 {
        let number = self.bad.min(most);
        self.bad -= number;
        number
    }

    /// Sets aside so many equal shares of it, and leaves as much as one of them. Returns one.
    pub(super) fn set_shares_aside(&mut self, number: u32) -> Self {
        let parts = number.saturating_add(1);
        let share = Self { bad: self.bad / parts, latency: self.latency / u64::from(parts) };
        self.bad -= share.bad * number;
        self.latency -= share.latency * u64::from(number);
        share
    }

    /// Takes back what was set aside and is left.
    pub(crate) fn take_back(&mut self, unused: Self) {
        self.bad += unused.bad;
        self.latency += unused.latency;
    }

    pub(super) fn is_less_than(self, other: Self) -> bool {
        self.bad < other.bad || self.latency < other.latency
    }
}
