//! How close a metrics-only breaker's rule has come to holding.

use fluxgate_rules::{Metrics, Node, evidence};

/// The highest failure rate in a period, among windows with at least as many calls as the rule requires.
#[derive(Clone, Copy)]
pub(crate) struct Highest {
    failures: u32,
    calls: u32,
    /// How many calls the rule requires.
    least: u32,
}

impl Highest {
    /// None so far, for this rule.
    pub(crate) fn of(rule: &[Node]) -> Self {
        Self { failures: 0, calls: 0, least: evidence::least_calls(rule) }
    }

    /// Whether a window has as many calls as the rule requires. While it has fewer, each call has to be seen: the rate may be highest
    /// as soon as they are enough.
    pub(crate) fn is_judged(self, metrics: &Metrics) -> bool {
        metrics.total() >= u64::from(self.least)
    }

    /// Looks at the figures of a window. Of equal rates, the one with more calls tells more.
    pub(crate) fn see(&mut self, metrics: &Metrics) {
        // Counts that do not fit are shortened alike, which keeps the rate.
        let beyond = (u64::BITS - metrics.total().leading_zeros()).saturating_sub(u32::BITS);
        let shortened = |count: u64| u32::try_from(count >> beyond).unwrap_or(u32::MAX);
        let [failures, calls] = [metrics.failures(), metrics.total()].map(shortened);
        let product = |failures: u32, calls: u32| u64::from(failures) * u64::from(calls);
        let (new, known) = (product(failures, self.calls), product(self.failures, calls));
        let is_higher = new > known || (new == known && calls > self.calls);
        if is_higher && self.is_judged(metrics) {
            *self = Self { failures, calls, ..*self };
        }
    }

    /// Failures and calls; `None` if no window had enough calls.
    pub(crate) fn figures(self) -> Option<(u64, u64)> {
        (self.calls > 0).then_some((self.failures.into(), self.calls.into()))
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::Highest;
    use fluxgate_rules::{Measures, Metrics, Rule, Tally};

    #[test]
    fn the_highest_rate_needs_enough_calls() {
        let rule: Rule = "min(4) & failure_rate(0.9) | min(9) & failure_rate(0.5)".parse().unwrap();
        let mut highest = Highest::of(rule.nodes());
        for (failures, total, expected) in [
            (1, 1, None),
            (2, 3, None),
            (1, 4, Some((1, 4))),
            (0, 9, Some((1, 4))),
            (2, 8, Some((2, 8))),
            (1, 4, Some((2, 8))),
            (9, 10, Some((9, 10))),
            (u64::MAX / 2, u64::MAX, Some((9, 10))),
        ] {
            let tally = Tally { total, failures, ..Tally::EMPTY };
            highest.see(&Metrics::new(tally, 0, Measures::NONE));
            assert_eq!(highest.figures(), expected, "{failures} of {total}");
        }
    }
}
