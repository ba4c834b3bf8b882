//! Whether the calls that a closed breaker remembers are evidence against its dependency.

use crate::logic::evaluate::applicable;
use crate::model::metrics::Metrics;
use crate::model::rule::{Condition, Node};

/// Whether there is evidence: some condition that could open the breaker is closer to holding than good calls alone
/// would bring it. Progress towards a `min` is not evidence; nor is the number of running calls, which is not
/// remembered.
pub fn is_any(nodes: &[Node], metrics: &Metrics) -> bool {
    applicable(nodes, false).any(|(_, condition)| match condition {
        Condition::Closed | Condition::HalfOpen | Condition::Min(_) | Condition::InFlight(_) => false,
        Condition::FailureRate(_) | Condition::SureFailureRate(_) | Condition::Failures(_) => {
            metrics.failures() > 0
        }
        Condition::FailureStreak(_) | Condition::FailingFor(_) => metrics.failure_streak() > 0,
        Condition::SlowRate(_, threshold) => metrics.slow(threshold) > Some(0),
        // Below the threshold, fast calls outweigh slow ones; with no fast calls, the next slow one reaches it.
        Condition::AvgLatency(threshold) => metrics.avg_latency() >= Some(threshold),
        // What a function looks at is unknown, so any call counts.
        Condition::Custom { .. } => metrics.total() > 0 || metrics.failure_streak() > 0,
    })
}

#[cfg(test)]
mod tests {
    use super::is_any;
    use crate::logic::tests::rule;
    use crate::model::limits::MAX_THRESHOLDS;
    use crate::model::metrics::{Metrics, Tally};
    use crate::model::rule::Rule;

    const SECOND: u128 = 1_000_000_000;

    /// Whether there is evidence in `total` calls of one second each, with this many failures and this final streak.
    fn is_any_by(text: &str, total: u64, failures: u64, streak: u32) -> bool {
        let rule = rule(text);
        let mut slow = [0; MAX_THRESHOLDS];
        slow[0] = total;
        let tally = Tally { total, failures, slow, latency: SECOND * u128::from(total) };
        is_any(rule.nodes(), &Metrics::new(tally, streak, Rule::measures(rule.nodes())))
    }

    #[test]
    fn each_condition_sees_its_own_evidence() {
        for (text, total, failures, streak, expected) in [
            ("failures(3)", 0, 0, 0, false),
            ("failures(3)", 9, 0, 0, false),
            ("failures(3)", 9, 1, 0, true),
            ("min(5) & failure_rate(0.5)", 4, 0, 0, false),
            ("min(5) & failure_rate(0.5)", 4, 1, 0, true),
            // A streak counts calls that a time window has forgotten.
            ("min(5) & failure_rate(0.5)", 0, 0, 1, false),
            ("failure_streak(3)", 0, 0, 1, true),
            ("failure_streak(3)", 9, 5, 0, false),
            ("failing_for(1m)", 0, 0, 1, true),
            ("min(5) & slow_rate(0.5, 1s)", 1, 0, 0, true),
            ("min(5) & slow_rate(0.5, 1s)", 0, 1, 1, false),
            ("min(5) & avg_latency(1s)", 1, 0, 0, true),
            ("min(5) & avg_latency(2s)", 1, 0, 0, false),
            ("min(5) & avg_latency(1s)", 0, 0, 0, false),
            ("closed & failures(3) | half_open & failure_streak(1)", 0, 0, 1, false),
            ("failures(3) | failure_streak(3)", 0, 0, 1, true),
        ] {
            assert_eq!(is_any_by(text, total, failures, streak), expected, "{text} of {total}, {failures}");
        }
    }
}
