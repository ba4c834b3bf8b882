//! How far a closed breaker's rule is from holding.
//!
//! Further calls may or may not push old ones out of the window. So the recorded calls are assumed to stay, and further
//! calls to be bad: a rule has no negation, so nothing worse can happen. Everything unrelated to the calls is unknown
//! and assumed at its worst: `custom` conditions, the number of running calls, and the time of the last success. But a
//! `min` that the calls do not reach is assumed not to hold.

use crate::model::metrics::{Metrics, nanos};
use crate::model::rule::{Condition, Node, members};

/// How many further calls have to fail before the rule can hold; `u64::MAX` if no number is enough.
pub fn failures(nodes: &[Node], metrics: &Metrics) -> u64 {
    missing(nodes, metrics, Figure::Failures, 0, 0)
}

/// How many of those calls have to reach every threshold, given this many failures.
pub fn slow_calls(nodes: &[Node], metrics: &Metrics, failures: u64) -> u64 {
    missing(nodes, metrics, Figure::SlowCalls, failures, 0)
}

/// How many nanoseconds those calls have to take together, given this many failures and slow calls.
pub fn latency(nodes: &[Node], metrics: &Metrics, failures: u64, slow: u64) -> u64 {
    missing(nodes, metrics, Figure::Latency, failures, slow)
}

/// The figure that a condition depends on; none depends on more than one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Figure {
    Failures,
    SlowCalls,
    Latency,
}

fn missing(nodes: &[Node], metrics: &Metrics, wanted: Figure, failures: u64, slow: u64) -> u64 {
    if nodes.is_empty() {
        return u64::MAX;
    }
    least(nodes, 0, &|condition| {
        let (figure, missing) = missing_for(condition, metrics);
        let given = match figure {
            _ if figure == wanted => return missing,
            Figure::Failures => failures,
            Figure::SlowCalls => slow,
            Figure::Latency => 0,
        };
        if missing <= given { 0 } else { u64::MAX }
    })
}

/// How much the node at an index needs to hold, given how much each condition needs.
fn least(nodes: &[Node], at: usize, for_condition: &impl Fn(&Condition) -> u64) -> u64 {
    let members = members(nodes, at).map(|member| least(nodes, member, for_condition));
    match &nodes[at] {
        Node::Condition(condition) => for_condition(condition),
        Node::All(_) => members.max().unwrap_or(0),
        Node::Any(_) => members.min().unwrap_or(u64::MAX),
    }
}

/// How much of which figure the condition still needs. 0: it holds. `u64::MAX`: it never does.
fn missing_for(condition: &Condition, metrics: &Metrics) -> (Figure, u64) {
    let (total, failures, streak) = (metrics.total(), metrics.failures(), metrics.failure_streak());
    let failures = |least: u64| (Figure::Failures, least.saturating_sub(failures));
    let never = (Figure::Failures, u64::MAX);
    match *condition {
        Condition::HalfOpen => never,
        Condition::Min(count) if total < u64::from(count) => never,
        Condition::Min(_) | Condition::Closed | Condition::InFlight(_) | Condition::Custom { .. } => {
            failures(0)
        }
        Condition::Failures(count) => failures(u64::from(count)),
        Condition::FailureRate(ratio) => failures(ratio.least_part(total)),
        Condition::SureFailureRate(rate) => {
            let least = rate.least_failures(u32::try_from(total).unwrap_or(u32::MAX));
            // If more calls are needed, all of them have to fail.
            failures(u64::from(if u64::from(least) > total { rate.calls() } else { least }))
        }
        Condition::FailureStreak(count) => (Figure::Failures, u64::from(count.saturating_sub(streak))),
        Condition::FailingFor(_) => (Figure::Failures, u64::from(streak == 0)),
        Condition::SlowRate(ratio, threshold) => match metrics.slow(threshold) {
            Some(slow) => (Figure::SlowCalls, ratio.least_part(total).saturating_sub(slow)),
            None => never,
        },
        Condition::AvgLatency(average) => {
            let all = u128::from(nanos(average)) * u128::from(total);
            let missing = u64::try_from(all.saturating_sub(metrics.tally().latency));
            (Figure::Latency, missing.unwrap_or(u64::MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{failures, latency, slow_calls};
    use crate::Rule;
    use crate::logic::evaluate::{Situation, holds};
    use crate::logic::tests::rule;
    use crate::model::limits::MAX_THRESHOLDS;
    use crate::model::metrics::{Metrics, Tally};

    /// These figures after further calls, under the assumptions of this module.
    fn after(metrics: &Metrics, failures: u64, slow: u64, latency: u64) -> Metrics {
        let mut tally = *metrics.tally();
        tally.failures += failures;
        (0..MAX_THRESHOLDS).for_each(|place| tally.slow[place] += slow);
        tally.latency += u128::from(latency);
        let streak = metrics.failure_streak() + failures as u32;
        Metrics::new(tally, streak, *metrics.measures()).after_success(u64::MAX).while_running(u32::MAX)
    }

    /// More nanoseconds than any of these rules needs.
    const MUCH: u64 = 1 << 30;

    /// The least number up to 300 that satisfies `holds`; `u64::MAX` if none does.
    fn search(holds: impl Fn(u64) -> bool) -> u64 {
        (0..=300).find(|number| holds(*number)).unwrap_or(u64::MAX)
    }

    /// Figures of all kinds, for windows of different sizes.
    fn figures(rule: &Rule) -> impl Iterator<Item = Metrics> {
        let measures = Rule::measures(rule.nodes());
        let parts = |total: u64| [0, total / 3, total / 2, total];
        let of = move |total: u64, failures: u64, slow: u64, nanos: u64| {
            let slow = core::array::from_fn(|place| slow.saturating_sub(place as u64));
            let latency = u128::from(total * nanos);
            let tally = Tally { total, failures, slow, latency };
            [0, failures as u32].map(|streak| Metrics::new(tally, streak, measures))
        };
        [0, 1, 9, 10, 37, 100].into_iter().flat_map(move |total| {
            let all = parts(total).into_iter().flat_map(move |failures| {
                parts(total)
                    .into_iter()
                    .flat_map(move |slow| [0, 900, 1_100].map(|nanos| (failures, slow, nanos)))
            });
            all.flat_map(move |(failures, slow, nanos)| of(total, failures, slow, nanos))
        })
    }

    #[test]
    fn the_rule_can_hold_at_its_distance_and_no_sooner() {
        for text in [
            "failure_rate(50%)",
            "failure_rate(0.1%)",
            "failure_rate(100%)",
            "failure_rate(33%, sure = 95%)",
            "failures(7)",
            "failure_streak(3)",
            "slow_rate(30%, 1s)",
            "avg_latency(1us)",
            "min(20)",
            "closed",
            "half_open",
            "in_flight(5)",
            "failing_for(5s)",
            "min(10) & failure_rate(50%) | failures(40)",
            "min(10) & (failure_rate(50%) | slow_rate(80%, 1s) & failure_streak(2)) | avg_latency(2us)",
            "avg_latency(1us) & failure_rate(20%)",
            "min(30) & failures(3) & avg_latency(1us) | half_open & failures(1)",
            "(failure_rate(90%) | failure_streak(9)) & (slow_rate(10%, 1s) | slow_rate(90%, 2s)) & min(1)",
        ] {
            let rule = rule(text);
            for metrics in figures(&rule) {
                let could_hold = |failures, slow, latency| {
                    let metrics = after(&metrics, failures, slow, latency);
                    holds(rule.nodes(), &Situation::worst(false, &metrics))
                };
                let found = failures(rule.nodes(), &metrics);
                assert_eq!(found, search(|failures| could_hold(failures, 0, 0)), "{text} of {metrics:?}");
                for failures in [0, 1, 40] {
                    let found = slow_calls(rule.nodes(), &metrics, failures);
                    assert_eq!(found, search(|slow| could_hold(failures, slow, 0)), "{text} of {metrics:?}");
                    for slow in [0, 2] {
                        let found = latency(rule.nodes(), &metrics, failures, slow);
                        let could_hold = |latency| could_hold(failures, slow, latency);
                        assert_eq!(could_hold(found.min(MUCH)), found <= MUCH, "{text} of {metrics:?}");
                        assert!(found == 0 || !could_hold(found.min(MUCH) - 1), "{text} of {metrics:?}");
                    }
                }
            }
        }
    }
}
