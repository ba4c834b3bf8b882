//! How many failures trip a closed breaker: all that the figures need to know about a rule.

use crate::logic::evaluate::{Customs, Situation, contains, holds, possible_ways};
use crate::model::limits::MAX_THRESHOLDS;
use crate::model::metrics::{Measures, Metrics, Tally};
use crate::model::rule::{Condition, Node, Rule};

/// The assumption about conditions unrelated to failures: `slow_rate`, `avg_latency`, `failing_for`, `in_flight` and
/// `custom`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum UnknownPart {
    /// They never hold, so the rule trips no sooner than this.
    NeverHolds,
    /// They hold from the first call, so the rule trips no later than this.
    Holds,
}

/// The metrics of this many calls and failures.
pub(crate) fn metrics(
    calls: u64,
    failures: u64,
    streak: u32,
    unknown: UnknownPart,
    measures: Measures,
) -> Metrics {
    let (slow, latency, since_success, running) = match unknown {
        UnknownPart::NeverHolds => (0, 0, 0, 0),
        UnknownPart::Holds => (calls, u128::MAX, u64::MAX, u32::MAX),
    };
    let tally = Tally { total: calls, failures, slow: [slow; MAX_THRESHOLDS], latency };
    Metrics::new(tally, streak, measures).after_success(since_success).while_running(running)
}

pub(crate) fn customs(unknown: UnknownPart) -> Customs {
    match unknown {
        UnknownPart::NeverHolds => Customs::NONE,
        UnknownPart::Holds => Customs::ALL,
    }
}

/// How many failures trip a closed breaker, by the number of calls and of failures in a row.
pub(crate) struct Thresholds<'a> {
    nodes: &'a [Node],
    unknown: UnknownPart,
    measures: Measures,
    /// The lengths of the rule's streaks, ascending, starting with 0. Between two of them, the streak makes no
    /// difference.
    pub(crate) streaks: Vec<u32>,
    /// The shares of its failure rates.
    rates: Vec<f64>,
    counts: Vec<u32>,
    /// The number of calls from which no `min` makes a difference.
    pub(crate) largest_min: u32,
}

impl<'a> Thresholds<'a> {
    pub(crate) fn of(nodes: &'a [Node], unknown: UnknownPart) -> Self {
        let ways = possible_ways(nodes, false);
        let conditions = nodes.iter().enumerate().filter_map(|(at, node)| match node {
            Node::Condition(condition) if contains(ways, at) => Some(*condition),
            _ => None,
        });
        let (mut streaks, mut rates, mut counts) = (vec![0], Vec::new(), Vec::new());
        for condition in conditions {
            match condition {
                Condition::FailureStreak(length) => streaks.push(length),
                Condition::FailureRate(ratio) => rates.push(ratio.as_f64()),
                // Exceeding it beyond chance takes more than the share.
                Condition::SureFailureRate(rate) => rates.push(rate.share().as_f64()),
                Condition::Failures(count) => counts.push(count),
                // No number of failures decides these.
                Condition::Closed
                | Condition::HalfOpen
                | Condition::Min(_)
                | Condition::SlowRate(..)
                | Condition::AvgLatency(_)
                | Condition::FailingFor(_)
                | Condition::InFlight(_)
                | Condition::Custom { .. } => {}
            }
        }
        streaks.sort_unstable();
        streaks.dedup();
        let (measures, largest_min) = (Rule::measures(nodes), Rule::largest_min(nodes));
        Self { nodes, unknown, measures, streaks, rates, counts, largest_min }
    }

    /// Whether the rule holds on a closed breaker.
    pub(crate) fn trip(&self, calls: u64, failures: u64, streak: u32) -> bool {
        let metrics = metrics(calls, failures, streak, self.unknown, self.measures);
        let customs = customs(self.unknown);
        holds(self.nodes, &Situation { half_open: false, metrics: &metrics, customs })
    }

    /// The least number of failures that trips; more than `calls` if none does. The result for a similar number of
    /// calls is a good `guess`.
    pub(crate) fn least(&self, calls: u64, streak: u32, guess: u64) -> u64 {
        let trips = |failures| self.trip(calls, failures, streak);
        let guess = guess.min(calls);
        // `low` does not trip and `high` does, as far as they are valid numbers of failures.
        let (mut low, mut high, mut step) = (None, calls + 1, 1);
        if trips(guess) {
            high = guess;
            while high > 0 {
                let next = high.saturating_sub(step);
                if !trips(next) {
                    low = Some(next);
                    break;
                }
                high = next;
                step *= 2;
            }
        } else {
            low = Some(guess);
            while let Some(last) = low.filter(|last| *last < calls) {
                let next = last.saturating_add(step).min(calls);
                if trips(next) {
                    high = next;
                    break;
                }
                low = Some(next);
                step *= 2;
            }
        }
        let Some(mut low) = low else { return 0 };
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if trips(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// Whether the number of failures matters, apart from that of failures in a row.
    pub(crate) fn count_failures(&self) -> bool {
        !self.rates.is_empty() || !self.counts.is_empty()
    }

    /// Below this share of failures among `calls` calls or fewer, only a streak can trip.
    pub(crate) fn least_share(&self, calls: u64) -> f64 {
        let counts = self.counts.iter().map(|count| f64::from(*count) / calls as f64);
        self.rates.iter().copied().chain(counts).fold(1.0, f64::min)
    }

    /// The least number of calls, at most `most`, with which the rule can hold if all of them fail.
    pub(crate) fn first(&self, most: u64) -> Option<u64> {
        let trips = |calls: u64| self.trip(calls, calls, u32::try_from(calls).unwrap_or(u32::MAX));
        if !trips(most) {
            return None;
        }
        let (mut low, mut high) = (0, most);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if trips(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(high)
    }

    /// The streak that trips if it is longer than these calls, while they alone cannot trip even if all of them fail: then nothing
    /// else matters.
    pub(crate) fn streak_beyond(&self, calls: u64) -> Option<u32> {
        let trips = |streak: u32| self.trip(calls, calls, streak);
        let all = u32::try_from(calls).unwrap_or(u32::MAX);
        let longer = self.streaks.iter().copied().find(|streak| *streak > all && trips(*streak));
        longer.filter(|_| !trips(all))
    }

    /// The longest streak in the rule.
    pub(crate) fn longest_streak(&self) -> u32 {
        self.streaks.last().copied().unwrap_or(0)
    }

    /// The index of the rule's longest streak that `streak` reaches.
    pub(crate) fn level(&self, streak: u64) -> usize {
        self.streaks.iter().rposition(|length| u64::from(*length) <= streak).unwrap_or(0)
    }
}
