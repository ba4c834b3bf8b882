//! Whether a rule holds, for real metrics or in the best or worst case.
//!
//! A rule has no negation, so it is monotone: worse calls never make it false. Everything unknown (calls still to come,
//! a `custom` condition at compile time) therefore lies between the best case and the worst. A rule that holds in the
//! best case holds; one that does not hold in the worst case does not hold; otherwise the answer is unknown.
//!
//! Everything here is `const`, so that macros, `build()` and const evaluation call the same functions.

use core::time::Duration;

use crate::model::limits::{MAX_NODES, MAX_THRESHOLDS};
use crate::model::metrics::{Metrics, Tally, nanos};
use crate::model::rule::{Condition, Node, Rule};

/// A set of a rule's nodes: bit `i` stands for the node at index `i`.
pub type NodeSet = u64;

pub(crate) const fn contains(set: NodeSet, at: usize) -> bool {
    at < MAX_NODES && set >> at & 1 == 1
}

/// The answers to a rule's `custom` conditions, by the index of the node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Customs(pub NodeSet);

impl Customs {
    /// None of them holds.
    pub const NONE: Self = Self(0);
    /// All of them hold.
    pub const ALL: Self = Self(NodeSet::MAX);
}

/// The state and figures for which a rule is evaluated.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// Whether the breaker is half-open; closed otherwise.
    pub half_open: bool,
    /// The calls.
    pub metrics: &'a Metrics,
    /// The answers to `custom` conditions.
    pub customs: Customs,
}

impl<'a> Situation<'a> {
    /// A half-open or closed breaker, with all `custom` conditions holding.
    pub const fn worst(half_open: bool, metrics: &'a Metrics) -> Self {
        Self { half_open, metrics, customs: Customs::ALL }
    }

    /// A half-open or closed breaker, with no `custom` condition holding.
    pub const fn best(half_open: bool, metrics: &'a Metrics) -> Self {
        Self { half_open, metrics, customs: Customs::NONE }
    }
}

/// The worst case of `metrics` after `more` calls: all of them failed, and took forever. How many calls will be running
/// then is unknown and no evidence, so it is left out.
pub const fn worst(metrics: &Metrics, more: u64) -> Metrics {
    let mut tally = *metrics.tally();
    tally.total = tally.total.saturating_add(more);
    tally.failures = tally.failures.saturating_add(more);
    let mut place = 0;
    while place < MAX_THRESHOLDS {
        tally.slow[place] = tally.slow[place].saturating_add(more);
        place += 1;
    }
    if more > 0 {
        tally.latency = u128::MAX;
    }
    let added = if more > u32::MAX as u64 { u32::MAX } else { more as u32 };
    let streak = metrics.failure_streak().saturating_add(added);
    // Bad calls may end arbitrarily late.
    let since_success = if more > 0 { u64::MAX } else { metrics.since_success() };
    let after = Metrics::new(tally, streak, *metrics.measures()).after_success(since_success);
    if more > 0 { after } else { after.while_running(metrics.running()) }
}

/// The best case of `metrics` after `more` calls: all of them succeeded, and took no time.
pub const fn best(metrics: &Metrics, more: u64) -> Metrics {
    let mut tally = *metrics.tally();
    tally.total = tally.total.saturating_add(more);
    let streak = if more > 0 { 0 } else { metrics.failure_streak() };
    let since_success = if more > 0 { 0 } else { metrics.since_success() };
    let after = Metrics::new(tally, streak, *metrics.measures()).after_success(since_success);
    if more > 0 { after } else { after.while_running(metrics.running()) }
}

/// Whether the rule holds.
pub const fn holds(nodes: &[Node], situation: &Situation<'_>) -> bool {
    contains(held(nodes, situation), 0)
}

/// Whether the rule holds, as far as is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The rule holds.
    Trips,
    /// The rule does not hold.
    Passes,
    /// It depends on the `custom` conditions, which have not been called.
    Unknown,
}

/// The verdict on these calls. `customs` are the answers of the rule's `custom` conditions, if they have been called.
pub const fn verdict(
    nodes: &[Node],
    half_open: bool,
    metrics: &Metrics,
    customs: Option<Customs>,
) -> Verdict {
    let (surely, possibly) = match customs {
        Some(customs) => (customs, customs),
        None => (Customs::NONE, Customs::ALL),
    };
    if holds(nodes, &Situation { half_open, metrics, customs: surely }) {
        Verdict::Trips
    } else if customs.is_none()
        && Rule::asks_custom(nodes)
        && holds(nodes, &Situation { half_open, metrics, customs: possibly })
    {
        Verdict::Unknown
    } else {
        Verdict::Passes
    }
}

/// The nodes that hold; none if the rule is too long.
///
/// Nodes are visited last to first, because the members of a group come after it. For example, in `failures(5) |
/// min(10) & failure_rate(0.5)`:
///
/// ```text
/// index  node           direct members   holds if
///   4    failure_rate                    its figures say so
///   3    min                             its figures say so
///   2    All(2)         3, 4             none of them fails to hold
///   1    failures                        its figures say so
///   0    Any(4)         1, 2             one of them holds
/// ```
///
/// When node 0 is visited, its subtree is 1 to 4, and only 1 and 2 are still without a group: they are its members.
pub(crate) const fn held(nodes: &[Node], situation: &Situation<'_>) -> NodeSet {
    if nodes.len() > MAX_NODES {
        return 0;
    }
    // Visited nodes whose group has not been visited yet.
    let mut without_group: NodeSet = 0;
    let mut held: NodeSet = 0;
    let mut left = nodes;
    while let [before @ .., node] = left {
        let at = before.len();
        let subtree = ((1 << (node.size() - 1)) - 1) << at << 1;
        let members = without_group & subtree;
        let holds = match node {
            Node::Condition(condition) => condition_holds(condition, at, situation),
            Node::All(_) => members & !held == 0,
            Node::Any(_) => members & held != 0,
        };
        without_group = without_group & !subtree | 1 << at;
        held |= (holds as NodeSet) << at;
        left = before;
    }
    held
}

/// The conditions through which the rule holds, given the nodes that [`held`]: each holds, and the rule would still
/// hold if the `|`-groups around it had no other member. In the example above, these are 3 and 4 if both hold, and 1 if
/// it holds.
pub(crate) const fn ways(nodes: &[Node], held: NodeSet) -> NodeSet {
    // Nodes that alone make the rule hold. A group comes before its members.
    let mut decisive = held & 1;
    let mut conditions: NodeSet = 0;
    let mut at = 0;
    while at < nodes.len() {
        if contains(decisive, at) {
            match nodes[at] {
                Node::Condition(_) => conditions |= 1 << at,
                Node::All(_) | Node::Any(_) => decisive |= members(nodes, at) & held,
            }
        }
        at += 1;
    }
    conditions
}

/// The conditions through which the rule can ever hold on a half-open or closed breaker: those that make it hold in the
/// worst case.
pub(crate) const fn possible_ways(nodes: &[Node], half_open: bool) -> NodeSet {
    ways_while_running(nodes, half_open, u32::MAX)
}

/// The same for a half-open breaker, by the outcomes of its calls alone, however many are running.
pub(crate) const fn ways_by_outcomes(nodes: &[Node]) -> NodeSet {
    ways_while_running(nodes, true, 0)
}

const fn ways_while_running(nodes: &[Node], half_open: bool, calls: u32) -> NodeSet {
    let endless = worst(&Metrics::new(Tally::EMPTY, 0, Rule::measures(nodes)), u64::MAX).while_running(calls);
    ways(nodes, held(nodes, &Situation::worst(half_open, &endless)))
}

/// The conditions through which the rule can hold on a half-open or closed breaker, with their indices.
pub fn applicable(nodes: &[Node], half_open: bool) -> impl Iterator<Item = (usize, Condition)> {
    conditions(nodes, possible_ways(nodes, half_open))
}

/// The conditions of a set of nodes, with their indices.
pub(crate) fn conditions(nodes: &[Node], ways: NodeSet) -> impl Iterator<Item = (usize, Condition)> {
    nodes.iter().enumerate().filter_map(move |(at, node)| match node {
        Node::Condition(condition) if contains(ways, at) => Some((at, *condition)),
        _ => None,
    })
}

/// The direct members of a group.
const fn members(nodes: &[Node], group: usize) -> NodeSet {
    let end = group + nodes[group].size();
    let mut members = 0;
    let mut member = group + 1;
    while member < end {
        members |= 1 << member;
        member += nodes[member].size();
    }
    members
}

/// Whether the condition, the node at `at`, holds on its own.
pub const fn condition_holds(condition: &Condition, at: usize, situation: &Situation<'_>) -> bool {
    let metrics = situation.metrics;
    match *condition {
        Condition::Closed => !situation.half_open,
        Condition::HalfOpen => situation.half_open,
        Condition::Min(count) => metrics.total() >= count as u64,
        Condition::FailureRate(ratio) => ratio.is_reached_by(metrics.failures(), metrics.total()),
        Condition::SureFailureRate(rate) => rate.is_exceeded_by(metrics.failures(), metrics.total()),
        Condition::Failures(count) => metrics.failures() >= count as u64,
        Condition::FailureStreak(count) => metrics.failure_streak() >= count,
        Condition::SlowRate(ratio, threshold) => match metrics.slow(threshold) {
            Some(slow) => ratio.is_reached_by(slow, metrics.total()),
            None => false,
        },
        Condition::AvgLatency(threshold) => reaches(metrics.tally(), threshold),
        Condition::FailingFor(duration) => match metrics.failing_for() {
            Some(failing) => nanos(failing) >= nanos(duration),
            None => false,
        },
        Condition::InFlight(count) => metrics.running() >= count,
        Condition::Custom { .. } => contains(situation.customs.0, at),
    }
}

const fn reaches(tally: &Tally, average: Duration) -> bool {
    tally.latency >= nanos(average) as u128 * tally.total as u128
}

#[cfg(test)]
mod tests {
    use super::{Customs, Situation, best, contains, held, holds, ways, worst};
    use crate::model::metrics::{Metrics, Tally};
    use crate::model::ratio::Ratio;
    use crate::model::rule::{Condition, Rule};
    use core::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    fn on(condition: Condition) -> Rule {
        Rule::from_condition(condition)
    }

    fn custom() -> Rule {
        on(Condition::Custom { path: "f", predicate: |_| unreachable!("nobody is asked here") })
    }

    /// This many calls, all failed instantly.
    fn failed(rule: &Rule, calls: u64) -> Metrics {
        let tally = Tally { total: calls, failures: calls, ..Tally::EMPTY };
        Metrics::new(tally, calls as u32, Rule::measures(rule.nodes()))
    }

    /// Two failed calls, with everything else that can be measured.
    fn measured() -> Metrics {
        let rule = on(Condition::AvgLatency(SECOND))
            & on(Condition::FailingFor(SECOND))
            & on(Condition::InFlight(3));
        failed(&rule, 2).after_success(7).while_running(3)
    }

    #[test]
    fn no_further_calls_leave_both_cases_as_measured() {
        let known = measured();
        assert_eq!(worst(&known, 0), known);
        assert_eq!(best(&known, 0), known);
    }

    #[test]
    fn how_many_calls_will_be_running_is_not_evidence() {
        let known = measured();
        for (after, since_success) in [(worst(&known, 1), u64::MAX), (best(&known, 1), 0)] {
            assert_eq!((after.since_success(), after.running()), (since_success, 0));
        }
    }

    #[test]
    fn a_condition_holds_from_its_bound_on() {
        let half = Ratio::new(0.5);
        let tally =
            |total, failures, slow, latency| Tally { total, failures, slow: [slow, 0, 0, 0], latency };
        let none = Tally::EMPTY;
        let second = SECOND.as_nanos() as u64;
        for (condition, reached, missed) in [
            (Condition::Min(3), (tally(3, 0, 0, 0), 0, 0, 0), (tally(2, 0, 0, 0), 0, 0, 0)),
            (Condition::FailureRate(half), (tally(4, 2, 0, 0), 0, 0, 0), (tally(4, 1, 0, 0), 0, 0, 0)),
            (Condition::Failures(2), (tally(4, 2, 0, 0), 0, 0, 0), (tally(4, 1, 0, 0), 0, 0, 0)),
            (Condition::FailureStreak(2), (none, 2, 0, 0), (none, 1, 0, 0)),
            (Condition::SlowRate(half, SECOND), (tally(4, 0, 2, 0), 0, 0, 0), (tally(4, 0, 1, 0), 0, 0, 0)),
            (
                Condition::AvgLatency(SECOND),
                (tally(4, 0, 0, 4 * SECOND.as_nanos()), 0, 0, 0),
                (tally(4, 0, 0, 4 * SECOND.as_nanos() - 1), 0, 0, 0),
            ),
            (Condition::FailingFor(SECOND), (none, 1, second, 0), (none, 1, second - 1, 0)),
            (Condition::FailingFor(SECOND), (none, 1, second, 0), (none, 0, second, 0)),
            (Condition::InFlight(3), (none, 0, 0, 3), (none, 0, 0, 2)),
        ] {
            let rule = on(condition);
            let holds_by = |(tally, streak, since_success, running)| {
                let metrics = Metrics::new(tally, streak, Rule::measures(rule.nodes()));
                let metrics = metrics.after_success(since_success).while_running(running);
                holds(rule.nodes(), &Situation::best(false, &metrics))
            };
            assert_eq!((holds_by(reached), holds_by(missed)), (true, false), "{condition}: {missed:?}");
        }
    }

    #[test]
    fn further_calls_all_fail_at_worst_and_succeed_at_best() {
        let rule = on(Condition::AvgLatency(SECOND));
        let known = failed(&rule, 2);
        for (more, streak) in [(1, 3), (u64::from(u32::MAX), u32::MAX), (1 << 32, u32::MAX)] {
            let worst = worst(&known, more);
            assert_eq!(
                (worst.total(), worst.failures(), worst.failure_streak()),
                (2 + more, 2 + more, streak)
            );
            let best = best(&known, more);
            assert_eq!((best.total(), best.failures(), best.failure_streak()), (2 + more, 2, 0));
        }
        let most = worst(&known, u64::MAX);
        assert_eq!((most.total(), most.avg_latency()), (u64::MAX, Some(Duration::from_nanos(u64::MAX))));
    }

    #[test]
    fn answers_to_customs_belong_to_their_nodes() {
        let rule = on(Condition::Closed) & custom() & on(Condition::Min(1)) & custom();
        let holds = |answers| {
            let situation =
                Situation { half_open: false, metrics: &failed(&rule, 1), customs: Customs(answers) };
            holds(rule.nodes(), &situation)
        };
        assert!(holds(1 << 2 | 1 << 4));
        assert!(!holds(1 << 2) && !holds(1 << 4) && !holds(!(1 << 4)));
    }

    #[test]
    fn nothing_holds_in_a_rule_that_is_too_long() {
        let alternatives = |count: u32| {
            (1..=count)
                .map(|least| on(Condition::Failures(least)))
                .reduce(|one, two| one | two)
                .expect("some")
        };
        for (members, expected) in [(63, true), (64, false)] {
            let rule = alternatives(members);
            let metrics = failed(&rule, 100);
            let situation = Situation { half_open: false, metrics: &metrics, customs: Customs::NONE };
            let nodes = rule.nodes();
            assert_eq!(holds(nodes, &situation), expected);
            assert_eq!(contains(held(nodes, &situation), nodes.len() - 1), expected);
            assert_eq!(ways(nodes, held(nodes, &situation)) != 0, expected);
        }
    }

    #[test]
    fn a_rule_holds_through_the_conditions_that_it_depends_on() {
        use Condition::{Closed, FailureStreak, Failures, HalfOpen, Min};
        for (rule, expected) in [
            (on(Min(2)), vec!["min(2)"]),
            (on(Min(3)), vec![]),
            (on(Min(1)) & on(Failures(2)), vec!["min(1)", "failures(2)"]),
            // A condition that does not hold keeps the others from making the rule hold.
            (on(Min(1)) & on(Failures(3)), vec![]),
            (on(Min(1)) | on(Failures(3)), vec!["min(1)"]),
            (on(Closed) & on(Min(1)) | on(HalfOpen) & on(Failures(1)), vec!["closed", "min(1)"]),
            (on(Min(1)) & (on(Failures(3)) | on(FailureStreak(1))), vec!["min(1)", "failure_streak(1)"]),
            // The group holds, but not through its members alone.
            (on(HalfOpen) & (on(Min(1)) | on(Failures(1))), vec![]),
        ] {
            let metrics = failed(&rule, 2);
            let situation = Situation { half_open: false, metrics: &metrics, customs: Customs::NONE };
            let ways = ways(rule.nodes(), held(rule.nodes(), &situation));
            let nodes = rule.nodes().iter().enumerate().filter(|(at, _)| contains(ways, *at));
            let conditions = nodes.map(|(_, node)| match node {
                crate::Node::Condition(condition) => condition.to_string(),
                group => panic!("{rule}: {group:?} is not a condition"),
            });
            assert_eq!(conditions.collect::<Vec<_>>(), expected, "{rule}");
        }
    }
}
