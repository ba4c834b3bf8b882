//! What would break one of the two promises: a healthy dependency gets its traffic back, and a dead one is given up
//! again.

use core::time::Duration;

use crate::logic::evaluate::{NodeSet, Situation, contains, held, holds, ways, ways_by_outcomes};
use crate::model::metrics::{Metrics, Tally, nanos};
use crate::model::rule::{Condition, Node, Rule};
use crate::model::window::Window;

/// The condition with the longest slow-call threshold among those that a half-open breaker checks. A trial treated as
/// hung before that time would never see a call the rule considers slow.
pub(crate) const fn most_patient(nodes: &[Node]) -> Option<(usize, Duration)> {
    let ways = ways_by_outcomes(nodes);
    let mut found: Option<(usize, Duration)> = None;
    let mut at = 0;
    while at < nodes.len() {
        if contains(ways, at)
            && let Some(threshold) = threshold(nodes[at])
        {
            let is_longer = match found {
                Some((_, known)) => nanos(known) < nanos(threshold),
                None => true,
            };
            if is_longer {
                found = Some((at, threshold));
            }
        }
        at += 1;
    }
    found
}

/// The shortest duration of calls, all failing or all succeeding, that trip a closed breaker but never a half-open one,
/// however many there are.
pub(crate) const fn blind_spot(nodes: &[Node], window: &Window, fail: bool) -> Option<Duration> {
    // If a rule neither checks for `closed` nor needs more concurrent calls than a trial admits, it holds in half-open
    // as well, since more calls never make it false.
    if !may_hold_only_while_closed(nodes) {
        return None;
    }
    if half_open_misses(nodes, window, fail, Duration::ZERO) {
        return Some(Duration::ZERO);
    }
    let mut shortest: Option<Duration> = None;
    let mut at = 0;
    while at < nodes.len() {
        if let Some(threshold) = threshold(nodes[at]) {
            let is_shorter = match shortest {
                Some(known) => nanos(threshold) < nanos(known),
                None => true,
            };
            if is_shorter && half_open_misses(nodes, window, fail, threshold) {
                shortest = Some(threshold);
            }
        }
        at += 1;
    }
    shortest
}

const fn may_hold_only_while_closed(nodes: &[Node]) -> bool {
    let mut at = 0;
    while at < nodes.len() {
        if matches!(nodes[at], Node::Condition(Condition::Closed | Condition::InFlight(_))) {
            return true;
        }
        at += 1;
    }
    false
}

/// The duration from which the condition treats calls as slow.
pub(crate) const fn threshold(node: Node) -> Option<Duration> {
    match node {
        Node::Condition(Condition::AvgLatency(threshold)) => Some(threshold),
        Node::Condition(condition) => condition.counts_slow_from(),
        Node::All(_) | Node::Any(_) => None,
    }
}

const fn half_open_misses(nodes: &[Node], window: &Window, fail: bool, duration: Duration) -> bool {
    // While closed, any number of calls may run at once; in half-open, that is not evidence.
    let mut full = alike(nodes, window.size() as u64, fail, duration);
    full = full.while_running(u32::MAX);
    let closed = Situation::worst(false, &full);
    let endless = alike(nodes, u64::MAX, fail, duration);
    // If only a user function decides, nothing is known about what it sees.
    sees_calls(nodes, ways(nodes, held(nodes, &closed))) && !holds(nodes, &Situation::worst(true, &endless))
}

/// This many calls, all with this duration and this outcome.
const fn alike(nodes: &[Node], calls: u64, fail: bool, duration: Duration) -> Metrics {
    let measures = Rule::measures(nodes);
    let duration = nanos(duration);
    let mut tally = Tally { total: calls, latency: calls as u128 * duration as u128, ..Tally::EMPTY };
    let mut place = 0;
    while place < measures.thresholds.len() {
        if duration >= measures.thresholds[place] {
            tally.slow[place] = calls;
        }
        place += 1;
    }
    if !fail {
        return Metrics::new(tally, 0, measures);
    }
    tally.failures = calls;
    Metrics::new(tally, u32::MAX, measures).after_success(u64::MAX)
}

/// Whether one of these conditions can see that calls fail or are slow.
const fn sees_calls(nodes: &[Node], conditions: NodeSet) -> bool {
    let mut at = 0;
    while at < nodes.len() {
        if contains(conditions, at)
            && let Node::Condition(condition) = nodes[at]
            && condition.sees_calls()
        {
            return true;
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{blind_spot, most_patient};
    use crate::model::rule::{Condition, Node, Rule};
    use crate::model::window::Window;
    use core::time::Duration;

    /// The rule of this text, which may be flawed. Its `custom` is never called.
    fn rule(text: &str) -> Rule {
        let rule = crate::logic::tests::rule(&text.replace("custom", "min(77)"));
        let custom = Node::custom("custom", |_| unreachable!("nobody is asked here"));
        let nodes = rule.nodes().iter().copied();
        let is_custom = |node: &Node| *node == Node::Condition(Condition::Min(77));
        Rule::from_nodes(nodes.map(|node| if is_custom(&node) { custom } else { node }).collect())
    }

    #[test]
    fn a_half_open_breaker_may_be_blind_to_what_trips_a_closed_one() {
        let (now, second, minute) =
            (Some(Duration::ZERO), Some(Duration::from_secs(1)), Some(Duration::from_secs(60)));
        let failures = "closed & failures(5)";
        let slow = "closed & min(5) & slow_rate(0.5, 1s)";
        for (text, failing, succeeding) in [
            ("failures(5)", None, None),
            ("min(5) & (failure_rate(0.5) | slow_rate(0.5, 1s))", None, None),
            ("min(5) & failure_rate(0.5) & slow_rate(0.5, 1s)", None, None),
            ("closed & failures(5) | half_open & failures(1)", None, None),
            ("closed & failure_streak(1) | half_open & failures(2)", None, None),
            ("failures(5) & in_flight(9) | half_open & min(5) & slow_rate(0.5, 1s)", now, None),
            ("closed & failures(5) | half_open & min(5) & slow_rate(0.5, 1s)", now, None),
            ("closed & failing_for(5s) | half_open & min(5) & avg_latency(1s)", now, None),
            (
                "closed & failure_streak(9) | half_open & min(5) & failure_rate(0.5) & slow_rate(0.5, 1s)",
                now,
                None,
            ),
            ("min(5) & slow_rate(0.5, 1s) | half_open & failures(2)", None, None),
            // Failing calls may be slow, too.
            (&format!("{slow} | half_open & failures(2)"), None, second),
            ("closed & min(5) & avg_latency(1s) | half_open & failures(2)", None, second),
            // By duration, where one threshold is longer than the other.
            (&format!("{slow} | half_open & min(5) & slow_rate(0.5, 60s)"), second, second),
            (&format!("{slow} | half_open & min(5) & slow_rate(0.5, 500ms)"), None, None),
            (
                &format!("{slow} | closed & min(5) & slow_rate(0.1, 60s) | half_open & failures(2)"),
                None,
                second,
            ),
            ("closed & min(5) & slow_rate(0.5, 60s) | half_open & failures(2)", None, minute),
            // Conditions that apply to both states.
            ("min(5) & (closed & failure_rate(0.5) | half_open & slow_rate(0.5, 1s))", now, None),
            // What the function sees is unknown, but the other conditions still apply.
            ("closed & custom | half_open & failures(2)", None, None),
            ("closed & min(5) & custom | half_open & min(5) & slow_rate(0.5, 1s)", None, None),
            (&format!("{failures} & custom | half_open & min(5) & slow_rate(0.5, 1s)"), now, None),
            (&format!("{failures} | half_open & custom"), None, None),
            (&format!("{failures} | {slow} | half_open & custom"), None, None),
        ] {
            let (rule, window) = (rule(text), Window::count(100));
            let found = [true, false].map(|fail| blind_spot(rule.nodes(), &window, fail));
            assert_eq!(found, [failing, succeeding], "{text}");
        }
    }

    #[test]
    fn rules_beyond_the_window_leave_no_blind_spot() {
        let rule = rule("failures(20) & closed | min(5) & slow_rate(0.5, 1s)");
        let spot = |size| blind_spot(rule.nodes(), &Window::count(size), true);
        assert_eq!((spot(19), spot(20)), (None, Some(Duration::ZERO)));
    }

    #[test]
    fn the_most_patient_condition_applies_to_half_open() {
        for (text, expected) in [
            ("failures(5)", None),
            ("min(5) & (slow_rate(0.5, 1s) | avg_latency(2s) | slow_rate(0.1, 1s))", Some((4, 2))),
            ("min(5) & (slow_rate(0.5, 2s) | avg_latency(2s))", Some((3, 2))),
            ("closed & min(5) & slow_rate(0.5, 9s) | half_open & min(5) & slow_rate(0.5, 3s)", Some((8, 3))),
        ] {
            let expected = expected.map(|(at, seconds)| (at, Duration::from_secs(seconds)));
            assert_eq!(most_patient(rule(text).nodes()), expected, "{text}");
        }
    }
}
