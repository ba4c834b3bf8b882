//! Whether the calls that a closed breaker remembers are evidence against its dependency, and how many are enough.

use crate::logic::evaluate::{Situation, applicable, holds, worst};
use crate::model::metrics::{Metrics, Tally};
use crate::model::rule::{Condition, Node, Rule};

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

/// The fewest calls with which a closed breaker's rule could hold by the number of failures alone; if failures never
/// suffice, with which it could hold at all. A streak may be longer than the window, so no streak asks for more calls.
pub fn least_calls(nodes: &[Node]) -> u32 {
    let measures = Rule::measures(nodes);
    let by_failures = |calls: u32| {
        let tally = Tally { total: calls.into(), failures: calls.into(), ..Tally::EMPTY };
        holds(nodes, &Situation::best(false, &Metrics::new(tally, 0, measures)))
    };
    let at_worst = |calls: u32| {
        let metrics = worst(&Metrics::new(Tally::EMPTY, u32::MAX, measures), calls.into());
        holds(nodes, &Situation::worst(false, &metrics.while_running(u32::MAX)))
    };
    let needs_no_more = |calls| if by_failures(u32::MAX) { by_failures(calls) } else { at_worst(calls) };
    let (mut low, mut high) = (1, u32::MAX);
    while low < high {
        let middle = low + (high - low) / 2;
        if needs_no_more(middle) { high = middle } else { low = middle + 1 }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::{is_any, least_calls};
    use crate::logic::tests::rule;
    use crate::model::limits::MAX_THRESHOLDS;
    use crate::model::metrics::{Metrics, Tally};
    use crate::model::rule::{Condition, Rule};

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
            ("failures(3) & in_flight(20)", 9, 1, 0, true),
            ("failures(3) & in_flight(20)", 9, 0, 0, false),
        ] {
            assert_eq!(is_any_by(text, total, failures, streak), expected, "{text} of {total}, {failures}");
        }
    }

    #[test]
    fn any_call_is_evidence_for_a_function() {
        let custom = Condition::Custom { path: "f", predicate: |_| unreachable!("nobody is asked here") };
        let rule = Rule::from_condition(custom);
        for (total, streak, expected) in [(0, 0, false), (1, 0, true), (0, 1, true)] {
            let tally = Tally { total, ..Tally::EMPTY };
            let metrics = Metrics::new(tally, streak, Rule::measures(rule.nodes()));
            assert_eq!(is_any(rule.nodes(), &metrics), expected, "{total}, {streak}");
        }
    }

    #[test]
    fn a_rule_judges_failures_from_its_least_number_of_calls() {
        for (text, expected) in [
            ("min(10) & failure_rate(0.5)", 10),
            ("closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)", 100),
            ("(closed & min(50) | half_open & min(4)) & failure_rate(0.5)", 50),
            ("min(10) & failure_rate(0.9) | min(30) & failure_rate(0.5)", 10),
            ("min(9) & failure_rate(0.5, sure = 0.95)", 9),
            ("failure_rate(0.5, sure = 0.95)", 8),
            ("failures(30)", 30),
            ("min(10) & failures(30)", 30),
            // Of several alternatives, those count that need nothing but failures.
            ("min(20) & slow_rate(0.3, 1s) | min(40) & failure_rate(0.5)", 40),
            ("failure_streak(5) | min(10) & failure_rate(0.9)", 10),
            ("min(20) & (slow_rate(0.3, 1s) | avg_latency(1s))", 20),
            ("min(20) & failures(3) & failing_for(1m)", 20),
            ("min(7) & failure_rate(0.5) & in_flight(20)", 7),
            ("failures(4) & failure_streak(50)", 4),
            ("failure_streak(1) | min(10) & failure_rate(0.9)", 10),
            ("failure_streak(50)", 1),
            ("failing_for(1m)", 1),
        ] {
            assert_eq!(least_calls(rule(text).nodes()), expected, "{text}");
        }
    }
}
