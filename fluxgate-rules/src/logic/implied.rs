//! Parts of a rule that never decide, because another part holds whenever they do.
//!
//! The rule holds just as often without such a part, which is usually a mistake by the author. But it can lengthen a
//! trial, which is as long as the longest alternative needs.

use crate::logic::trial::Plan;
use crate::model::rule::{Condition, Node, members};

/// A part of a rule, by the index of its node, and the part that makes it redundant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Implied {
    /// The part that never decides.
    pub part: usize,
    /// For an alternative: another that holds whenever it does. For a member of an `&`-group: another that holds only
    /// if it does.
    pub because_of: usize,
    /// Whether it is an alternative.
    pub is_alternative: bool,
    /// The trials of the rule with it and without, if they differ.
    pub trials: Option<(Plan, Plan)>,
}

/// The parts that never decide, except those for half-open alone that change how much a trial takes: that is their
/// purpose.
pub fn implied(nodes: &[Node]) -> Vec<Implied> {
    let mut found: Vec<Implied> = Vec::new();
    for (group, node) in nodes.iter().enumerate() {
        let is_alternative = match node {
            Node::Condition(_) => continue,
            Node::All(_) => false,
            Node::Any(_) => true,
        };
        let members: Vec<_> = members(nodes, group).collect();
        for &part in &members {
            let is_because = |&&other: &&usize| {
                let (narrow, wide) = if is_alternative { (part, other) } else { (other, part) };
                // If two imply each other, the later one is redundant.
                let is_mutual = implies(nodes, wide, narrow);
                implies(nodes, narrow, wide) && (!is_mutual || other < part)
            };
            let Some(&because_of) = members.iter().find(is_because) else { continue };
            let trials = Plan::of(nodes).zip(Plan::of(&without(nodes, part)));
            let trials = trials.filter(|(with, without)| demands(with) != demands(without));
            if trials.is_none() || !is_half_open_only(nodes, part) {
                found.push(Implied { part, because_of, is_alternative, trials });
            }
        }
    }
    found
}

/// How many calls decide a trial, and how many of them must be good.
fn demands(trial: &Plan) -> (u32, u32) {
    (trial.length, trial.good)
}

fn is_half_open_only(nodes: &[Node], part: usize) -> bool {
    match nodes[part] {
        Node::Condition(condition) => condition == Condition::HalfOpen,
        Node::All(_) => members(nodes, part).any(|member| is_half_open_only(nodes, member)),
        Node::Any(_) => members(nodes, part).all(|member| is_half_open_only(nodes, member)),
    }
}

/// The rule without one of its parts. This may leave a group with a single member.
fn without(nodes: &[Node], part: usize) -> Vec<Node> {
    let size = nodes[part].size();
    let rest = nodes.iter().enumerate().filter(|(at, _)| !(part..part + size).contains(at));
    let shrunk = rest.map(|(at, node)| {
        let is_around = at < part && part < at + node.size();
        match *node {
            Node::All(members) if is_around => Node::All(members - size),
            Node::Any(members) if is_around => Node::Any(members - size),
            node => node,
        }
    });
    shrunk.collect()
}

/// Whether one part holds only if the other does, as far as their form shows.
fn implies(nodes: &[Node], one: usize, other: usize) -> bool {
    match (&nodes[one], &nodes[other]) {
        (Node::Condition(one), Node::Condition(other)) => condition_implies(one, other),
        (Node::Any(_), _) => members(nodes, one).all(|member| implies(nodes, member, other)),
        (_, Node::All(_)) => members(nodes, other).all(|member| implies(nodes, one, member)),
        (Node::All(_), _) => members(nodes, one).any(|member| implies(nodes, member, other)),
        (Node::Condition(_), Node::Any(_)) => members(nodes, other).any(|member| implies(nodes, one, member)),
    }
}

fn condition_implies(one: &Condition, other: &Condition) -> bool {
    use Condition::{
        AvgLatency, Closed, Custom, FailingFor, FailureRate, FailureStreak, Failures, HalfOpen, InFlight,
        Min, SlowRate, SureFailureRate,
    };
    match (one, other) {
        (Closed, Closed) | (HalfOpen, HalfOpen) => true,
        (Min(one) | Failures(one), Min(other))
        | (Failures(one), Failures(other))
        | (FailureStreak(one), FailureStreak(other))
        | (InFlight(one), InFlight(other)) => one >= other,
        (FailureRate(one), FailureRate(other)) => one >= other,
        (SureFailureRate(one), SureFailureRate(other)) => {
            one.share() >= other.share() && one.sure() >= other.sure()
        }
        (SureFailureRate(one), FailureRate(other)) => one.share() >= *other,
        // With fewer calls, or fewer failures, it would be within chance.
        (SureFailureRate(one), Min(other) | Failures(other)) => one.calls() >= *other,
        (SlowRate(one, threshold), SlowRate(other, lower)) => one >= other && threshold >= lower,
        (AvgLatency(one), AvgLatency(other)) | (FailingFor(one), FailingFor(other)) => one >= other,
        // Nothing is known about functions.
        (
            Closed
            | HalfOpen
            | Min(_)
            | FailureRate(_)
            | SureFailureRate(_)
            | Failures(_)
            | FailureStreak(_)
            | SlowRate(..)
            | AvgLatency(_)
            | FailingFor(_)
            | InFlight(_)
            | Custom { .. },
            _,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{demands, implied};
    use crate::model::rule::Rule;

    #[test]
    fn parts_that_never_decide_are_found() {
        for (text, expected) in [
            ("min(10) & failure_rate(0.5)", vec![]),
            (
                "min(10) & (failure_rate(0.5) | failure_rate(0.8))",
                vec![("failure_rate(0.8)", "failure_rate(0.5)")],
            ),
            (
                "min(10) & failure_rate(0.5) & failure_rate(0.8)",
                vec![("failure_rate(0.5)", "failure_rate(0.8)")],
            ),
            ("min(10) & min(20) & failure_rate(0.5)", vec![("min(10)", "min(20)")]),
            ("min(10) & failures(20)", vec![("min(10)", "failures(20)")]),
            ("min(20) & failures(10)", vec![]),
            ("min(8) & failure_rate(0.5, sure = 0.95)", vec![("min(8)", "failure_rate(0.5, sure = 0.95)")]),
            ("min(9) & failure_rate(0.5, sure = 0.95)", vec![]),
            (
                "failures(8) & failure_rate(0.5, sure = 0.95)",
                vec![("failures(8)", "failure_rate(0.5, sure = 0.95)")],
            ),
            (
                "failure_rate(0.5, sure = 0.95) | failure_rate(0.6, sure = 0.99)",
                vec![("failure_rate(0.6, sure = 0.99)", "failure_rate(0.5, sure = 0.95)")],
            ),
            ("failure_rate(0.6, sure = 0.95) | failure_rate(0.5, sure = 0.99)", vec![]),
            (
                "min(9) & failure_rate(0.5) & failure_rate(0.5, sure = 0.9)",
                vec![("failure_rate(0.5)", "failure_rate(0.5, sure = 0.9)")],
            ),
            ("failures(5) | failures(9)", vec![("failures(9)", "failures(5)")]),
            ("failures(5) | failure_streak(5)", vec![]),
            (
                "failure_rate(0.5, sure = 0.95) | failure_rate(0.5, sure = 0.99)",
                vec![("failure_rate(0.5, sure = 0.99)", "failure_rate(0.5, sure = 0.95)")],
            ),
            (
                "failure_rate(0.5, sure = 0.95) | failure_rate(0.6, sure = 0.95)",
                vec![("failure_rate(0.6, sure = 0.95)", "failure_rate(0.5, sure = 0.95)")],
            ),
            ("min(9) & failure_rate(0.6) & failure_rate(0.5, sure = 0.9)", vec![]),
            ("failures(5) | in_flight(20) | in_flight(30)", vec![("in_flight(30)", "in_flight(20)")]),
            (
                "min(5) & (slow_rate(0.5, 1s) | slow_rate(0.6, 2s))",
                vec![("slow_rate(0.6, 2s)", "slow_rate(0.5, 1s)")],
            ),
            ("min(5) & (slow_rate(0.5, 2s) | slow_rate(0.6, 1s))", vec![]),
            ("min(5) & (avg_latency(1s) | avg_latency(2s))", vec![("avg_latency(2s)", "avg_latency(1s)")]),
            ("min(5) & (avg_latency(2s) | avg_latency(1s))", vec![("avg_latency(2s)", "avg_latency(1s)")]),
            // Of two that mean the same, the second.
            (
                "failures(5) & failure_streak(3) | failure_streak(3) & failures(5)",
                vec![("failure_streak(3) & failures(5)", "failures(5) & failure_streak(3)")],
            ),
            // A `|`-group holds only if something else does if each of its members does, and whenever something else
            // does if one of its members does.
            (
                "min(5) & (failures(9) | failures(7) & failing_for(1s))",
                vec![("min(5)", "failures(9) | failures(7) & failing_for(1s)")],
            ),
            ("min(5) & (failures(9) | failure_streak(3))", vec![]),
            (
                "failures(9) & (failures(5) | failure_streak(3))",
                vec![("failures(5) | failure_streak(3)", "failures(9)")],
            ),
            ("failures(4) & (failures(5) | failure_streak(3))", vec![]),
            (
                "min(10) & failure_rate(0.5) | min(20) & failure_rate(0.6)",
                vec![("min(20) & failure_rate(0.6)", "min(10) & failure_rate(0.5)")],
            ),
            ("closed & min(9) & failure_rate(0.5) | half_open & min(9) & failure_rate(0.5)", vec![]),
            ("failures(5) | half_open & failures(5)", vec![("half_open & failures(5)", "failures(5)")]),
            // Nine good calls are required, not five.
            ("failures(5) | half_open & failures(9)", vec![]),
            ("failures(5) | half_open & failures(2)", vec![]),
            ("failures(5) | failures(9) & (half_open & min(3) | half_open & failing_for(1s))", vec![]),
            (
                "failures(5) | failures(9) & (half_open & min(10) | failing_for(1s))",
                vec![("failures(9) & (half_open & min(10) | failing_for(1s))", "failures(5)")],
            ),
        ] {
            let rule: Rule = text.parse().expect(text);
            let nodes = rule.nodes();
            let spell = |at: usize| Rule::from_nodes(nodes[at..at + nodes[at].size()].to_vec()).to_string();
            let found: Vec<_> =
                implied(nodes).into_iter().map(|it| (spell(it.part), spell(it.because_of))).collect();
            let expected: Vec<_> =
                expected.into_iter().map(|(part, other)| (part.to_owned(), other.to_owned())).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn redundant_parts_may_lengthen_a_trial() {
        for (text, expected) in [
            ("min(10) & failure_rate(0.5) | min(100) & failure_rate(0.8)", Some(((100, 80), (10, 5)))),
            ("failures(5) | failures(50)", Some(((50, 50), (5, 5)))),
            ("min(10) & (failures(5) | failures(9))", Some(((10, 9), (10, 5)))),
            // Groups that come after the part keep their members.
            (
                "failures(50) | failures(5) | min(10) & (slow_rate(0.5, 1s) | failure_rate(0.9))",
                Some(((50, 50), (10, 9))),
            ),
            (
                "failures(50) | failures(5) | min(10) & (failure_rate(0.9) | failures(3) & min(20))",
                Some(((50, 50), (20, 9))),
            ),
            ("failures(5) | closed & failures(50)", None),
            ("min(10) & failure_rate(0.5) | min(10) & failure_rate(0.5) & slow_rate(0.5, 1s)", None),
            ("min(5) & (slow_rate(0.5, 1s) | slow_rate(0.5, 2s))", None),
            ("min(10) & min(20) & failure_rate(0.5)", None),
        ] {
            let rule: Rule = text.parse().expect(text);
            let found = implied(rule.nodes());
            assert_eq!(found.len(), 1, "{text}");
            let trials = found[0].trials.map(|(with, without)| (demands(&with), demands(&without)));
            assert_eq!(trials, expected, "{text}");
        }
    }
}
