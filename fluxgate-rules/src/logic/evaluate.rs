//! Whether a rule holds: for real metrics, or in the best or worst case.
//!
//! A rule has no negation, so it is monotone: worse calls never make it false. Whatever is unknown (calls still to come, a
//! `custom` condition at compile time) therefore lies between two corners, the best case and the worst. A rule that holds in the
//! best case holds; one that does not hold in the worst case does not hold; otherwise it is unknown.
//!
//! Everything here is `const`, so that a macro, `build()` and const evaluation call the same functions.

use core::time::Duration;

use crate::model::metrics::{MAX_THRESHOLDS, Metrics, Tally, nanos};
use crate::model::rule::{Condition, MAX_NODES, Node, Rule};

/// The answers to a rule's `custom` conditions, by the index of the node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Customs(pub u64);

impl Customs {
    /// None of them holds.
    pub const NONE: Self = Self(0);
    /// All of them hold.
    pub const ALL: Self = Self(u64::MAX);
}

/// The situation in which a rule is evaluated.
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

/// The worst case of `metrics` after `more` calls: all of them failed, and took forever.
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
    Metrics::new(tally, streak, *metrics.measures())
}

/// The best case of `metrics` after `more` calls: all of them succeeded, and took no time.
pub const fn best(metrics: &Metrics, more: u64) -> Metrics {
    let mut tally = *metrics.tally();
    tally.total = tally.total.saturating_add(more);
    let streak = if more > 0 { 0 } else { metrics.failure_streak() };
    Metrics::new(tally, streak, *metrics.measures())
}

/// Whether the rule holds.
pub const fn holds(nodes: &[Node], situation: &Situation<'_>) -> bool {
    holds_at(nodes, 0, situation, usize::MAX)
}

/// Whether the subtree at `at` holds by way of the node `through`: in a `|`-group that contains that node, no other member
/// counts. `usize::MAX` is in no group, so every member counts.
pub const fn holds_at(nodes: &[Node], at: usize, situation: &Situation<'_>, through: usize) -> bool {
    at < MAX_NODES && held(nodes, situation, through) >> at & 1 == 1
}

/// The nodes that hold, as a set of bits. Nodes are visited last to first, because members come after their group. In a rule that is
/// too long, none holds.
const fn held(nodes: &[Node], situation: &Situation<'_>, through: usize) -> u64 {
    if nodes.len() > MAX_NODES {
        return 0;
    }
    // Visited nodes whose group has not been visited yet.
    let mut loose = 0;
    let mut held = 0;
    let mut left = nodes;
    while let [before @ .., node] = left {
        let at = before.len();
        let within = ((1_u64 << (node.size() - 1)) - 1) << at << 1;
        let members = loose & within;
        let holds = match node {
            Node::Condition(condition) => condition_holds(condition, at, situation),
            Node::All(_) => members & !held == 0,
            Node::Any(_) => only(members, within, through) & held != 0,
        };
        loose = loose & !within | 1 << at;
        held |= (holds as u64) << at;
        left = before;
    }
    held
}

/// The member that contains `through`, in a group with these nodes `within`; all members if there is none.
const fn only(members: u64, within: u64, through: usize) -> u64 {
    if through >= MAX_NODES || within >> through & 1 == 0 {
        return members;
    }
    let until = members & (u64::MAX >> (MAX_NODES - 1 - through));
    1 << until.ilog2()
}

const fn condition_holds(condition: &Condition, at: usize, situation: &Situation<'_>) -> bool {
    let metrics = situation.metrics;
    match *condition {
        Condition::Closed => !situation.half_open,
        Condition::HalfOpen => situation.half_open,
        Condition::Min(count) => metrics.total() >= count as u64,
        Condition::FailureRate(ratio) => ratio.is_reached_by(metrics.failures(), metrics.total()),
        Condition::Failures(count) => metrics.failures() >= count as u64,
        Condition::FailureStreak(count) => metrics.failure_streak() >= count,
        Condition::SlowRate(ratio, threshold) => match metrics.slow(threshold) {
            Some(slow) => ratio.is_reached_by(slow, metrics.total()),
            None => false,
        },
        Condition::AvgLatency(threshold) => reaches(metrics.tally(), threshold),
        Condition::Custom { .. } => situation.customs.0 >> (at as u32 % u64::BITS) & 1 == 1,
    }
}

const fn reaches(tally: &Tally, average: Duration) -> bool {
    tally.latency >= nanos(average) as u128 * tally.total as u128
}

/// The node that best explains why the rule holds: the first holding condition other than a state or a `min`, or else the first
/// one.
pub const fn cause(nodes: &[Node], at: usize, situation: &Situation<'_>) -> usize {
    cause_among(nodes, at, held(nodes, situation, usize::MAX))
}

const fn cause_among(nodes: &[Node], at: usize, held: u64) -> usize {
    let end = at + nodes[at].size();
    let any = match nodes[at] {
        Node::Condition(_) => return at,
        Node::All(_) => false,
        Node::Any(_) => true,
    };
    let mut first = usize::MAX;
    let mut member = at + 1;
    while member < end {
        if held >> member & 1 == 1 {
            let leaf = cause_among(nodes, member, held);
            let guard = matches!(
                nodes[leaf],
                Node::Condition(Condition::Closed | Condition::HalfOpen | Condition::Min(_))
            );
            if any || !guard {
                return leaf;
            }
            if first == usize::MAX {
                first = leaf;
            }
        }
        member += nodes[member].size();
    }
    if first == usize::MAX { at } else { first }
}

/// The length of a trial: the smallest number of calls with which the rule could trip a half-open breaker if all of them were as
/// bad as can be. `None` if no number suffices.
pub const fn trial_length(nodes: &[Node]) -> Option<u32> {
    let none = Metrics::new(Tally::EMPTY, 0, Rule::measures(nodes));
    let (mut low, mut high) = (1, u32::MAX);
    if !holds(nodes, &Situation::worst(true, &worst(&none, high as u64))) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(nodes, &Situation::worst(true, &worst(&none, middle as u64))) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low)
}

/// What is known about a trial before all its calls are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The rule would trip, whatever the remaining calls do.
    Trips,
    /// The rule would not trip, whatever the remaining calls do.
    Passes,
    /// It depends: on the remaining calls, or on `custom` conditions.
    Unknown,
}

/// The verdict on a trial with `more` calls to come, `custom` conditions unknown.
pub const fn verdict(nodes: &[Node], half_open: bool, metrics: &Metrics, more: u64) -> Verdict {
    if more == 0 {
        // With no calls to come, best and worst case differ only in the `custom` conditions.
        return if holds(nodes, &Situation::best(half_open, metrics)) {
            Verdict::Trips
        } else if Rule::asks_custom(nodes) && holds(nodes, &Situation::worst(half_open, metrics)) {
            Verdict::Unknown
        } else {
            Verdict::Passes
        };
    }
    if holds(nodes, &Situation::best(half_open, &best(metrics, more))) {
        Verdict::Trips
    } else if holds(nodes, &Situation::worst(half_open, &worst(metrics, more))) {
        Verdict::Unknown
    } else {
        Verdict::Passes
    }
}

#[cfg(test)]
mod tests {
    use super::{Customs, Situation, Verdict, best, cause, holds, holds_at, verdict, worst};
    use crate::model::metrics::{Metrics, Tally};
    use crate::model::rule::{Condition, Node, Rule};
    use core::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    fn on(condition: Condition) -> Rule {
        Rule::from_condition(condition)
    }

    fn custom() -> Rule {
        on(Condition::Custom { path: "f", predicate: |_| unreachable!("nobody is asked here") })
    }

    /// This many calls, all of which failed in no time.
    fn failed(rule: &Rule, calls: u64) -> Metrics {
        let tally = Tally { total: calls, failures: calls, ..Tally::EMPTY };
        Metrics::new(tally, calls as u32, Rule::measures(rule.nodes()))
    }

    #[test]
    fn the_cause_is_the_condition_that_says_most() {
        use Condition::{Closed, FailureStreak, Failures, Min};
        for (rule, expected) in [
            (on(Failures(1)), "failures(1)"),
            (on(Closed) & on(Min(2)) & on(Failures(2)) & on(FailureStreak(1)), "failures(2)"),
            // A `min` is the cause if there is nothing else.
            (on(Min(2)) & on(Closed), "min(2)"),
            (on(Min(2)) | on(Failures(1)), "min(2)"),
            (on(Failures(9)) | on(Min(2)) & on(Failures(2)), "failures(2)"),
            (on(Min(2)) & on(Closed) & (on(Failures(9)) | on(FailureStreak(1))), "failure_streak(1)"),
            ((on(Min(9)) & on(Failures(2)) | on(Closed)) & on(Failures(1)), "failures(1)"),
        ] {
            let situation =
                Situation { half_open: false, metrics: &failed(&rule, 2), customs: Customs::NONE };
            assert!(holds(rule.nodes(), &situation), "{rule}");
            let Node::Condition(told) = rule.nodes()[cause(rule.nodes(), 0, &situation)] else {
                panic!("{rule}: a group is no cause")
            };
            assert_eq!(told.to_string(), expected, "{rule}");
        }
    }

    #[test]
    fn the_best_and_the_worst_of_no_more_calls_is_what_is_known() {
        let rule = on(Condition::AvgLatency(SECOND));
        let known = failed(&rule, 2);
        assert_eq!(worst(&known, 0), known);
        assert_eq!(best(&known, 0), known);
    }

    #[test]
    fn of_more_calls_the_worst_all_fail_and_the_best_none() {
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
    fn customs_are_answered_by_their_place() {
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
    fn of_a_rule_that_is_too_long_nothing_holds() {
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
            assert_eq!(holds_at(nodes, nodes.len() - 1, &situation, usize::MAX), expected);
        }
    }

    #[test]
    fn a_verdict_falls_when_it_is_certain() {
        let rule = on(Condition::Min(4)) & on(Condition::Failures(2));
        let verdict_after =
            |rule: &Rule, failures, more| verdict(rule.nodes(), true, &failed(rule, failures), more);
        assert_eq!(verdict_after(&rule, 2, 2), Verdict::Trips);
        assert_eq!(verdict_after(&rule, 1, 3), Verdict::Unknown);
        assert_eq!(verdict_after(&rule, 1, 0), Verdict::Passes);
        assert_eq!(verdict_after(&rule, 0, 1), Verdict::Passes);
        // A `custom` condition leaves the verdict unknown, unless it does not matter.
        let asking = rule.clone() & custom();
        assert_eq!(verdict_after(&asking, 4, 0), Verdict::Unknown);
        assert_eq!(verdict_after(&asking, 1, 0), Verdict::Passes);
        assert_eq!(verdict_after(&(rule | custom()), 4, 0), Verdict::Trips);
    }
}
