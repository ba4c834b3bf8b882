//! How far a rule is from holding.

use fluxgate_rules::evaluate::{Situation, holds, no_better};
use fluxgate_rules::{Metrics, Node};

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

/// The numbers of bad calls that are tried are the powers of this one. Few trials find a large one.
const STEP: u32 = 4;
const MOST_BAD: u32 = STEP.pow(11);
/// The same of latencies, from 1 ms on to 13 days.
const LATENCY_STEP: u64 = 32;
const FIRST_LATENCY: u64 = 1 << 20;
const MOST_LATENCY: u64 = 1 << 50;
/// Where durations do not matter: 146 years.
const ANY_LATENCY: u64 = 1 << 62;

impl Headroom {
    pub(crate) const NONE: Self = Self { bad: 0, latency: 0 };

    /// After an evaluation by which the rule did not hold. Every `min` of the rule must be reached, or no number of good calls may
    /// reach it; and the rule must depend on nothing else than its calls.
    pub(super) fn find(nodes: &[Node], metrics: &Metrics) -> Self {
        let could_hold = |bad: u32, latency: u64| {
            let worst = no_better(metrics, u64::from(bad), latency);
            holds(nodes, &Situation::worst(false, &worst))
        };
        let is_averaged = metrics.measures().average;
        let mut found = Self { bad: 0, latency: if is_averaged { 0 } else { ANY_LATENCY } };
        let mut tried = STEP;
        while tried <= MOST_BAD && !could_hold(tried, 0) {
            found.bad = tried;
            tried *= STEP;
        }
        // Between that one and the next: one, two, or three times as many.
        while found.bad > 0 && found.bad + tried / STEP < tried && !could_hold(found.bad + tried / STEP, 0) {
            found.bad += tried / STEP;
        }
        if is_averaged {
            let mut tried = FIRST_LATENCY;
            while tried <= MOST_LATENCY && !could_hold(found.bad, tried) {
                found.latency = tried;
                tried *= LATENCY_STEP;
            }
        }
        found
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
