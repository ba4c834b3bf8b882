//! Whether a rule holds: of real metrics, or of a corner of what could be.
//!
//! A rule has no negation, so it is monotone: more failures, slower calls and more calls never make it false. Whatever
//! is unknown (calls still to come, a `custom` condition while compiling) therefore lies between two corners, the best
//! case and the worst; a rule that holds in the best case holds, one that does not in the worst case does not, and
//! between them it is unknown.
//!
//! Everything here is `const`, so that a macro, `build()` and const evaluation ask the same function.

use core::time::Duration;

use crate::metrics::{MAX_THRESHOLDS, Metrics, Tally, nanos};
use crate::rule::{Condition, Node, Rule};

/// Answers to a rule's `custom` conditions, by the place of the node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Customs(pub u64);

impl Customs {
    /// None of them holds.
    pub const NONE: Self = Self(0);
    /// All of them hold.
    pub const ALL: Self = Self(u64::MAX);
}

/// What a rule is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Whether the breaker is half-open; closed otherwise.
    pub half_open: bool,
    /// The calls.
    pub metrics: Metrics,
    /// The answers to `custom` conditions.
    pub customs: Customs,
}

impl Situation {
    /// The worst that could have become of `metrics` with `more` calls: all failed, all took for ever.
    pub const fn worst(half_open: bool, metrics: &Metrics, more: u64) -> Self {
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
        Self { half_open, metrics: Metrics::new(tally, streak, *metrics.measures()), customs: Customs::ALL }
    }

    /// The best that could have become of `metrics` with `more` calls: all succeeded, none took any time.
    pub const fn best(half_open: bool, metrics: &Metrics, more: u64) -> Self {
        let mut tally = *metrics.tally();
        tally.total = tally.total.saturating_add(more);
        let streak = if more > 0 { 0 } else { metrics.failure_streak() };
        Self { half_open, metrics: Metrics::new(tally, streak, *metrics.measures()), customs: Customs::NONE }
    }
}

/// Whether the rule holds.
pub const fn holds(nodes: &[Node], situation: &Situation) -> bool {
    holds_at(nodes, 0, situation, usize::MAX)
}

/// Whether the subtree at `at` holds by way of the node `through`: where an `|`-group contains it, no other member of
/// that group counts. `usize::MAX` is in no group, so that every member counts.
pub const fn holds_at(nodes: &[Node], at: usize, situation: &Situation, through: usize) -> bool {
    let end = at + nodes[at].size();
    let constrained = at < through && through < end;
    match &nodes[at] {
        Node::Condition(condition) => condition_holds(condition, at, situation),
        Node::All(_) => {
            let mut member = at + 1;
            while member < end {
                if !holds_at(nodes, member, situation, through) {
                    return false;
                }
                member += nodes[member].size();
            }
            true
        }
        Node::Any(_) => {
            let mut member = at + 1;
            while member < end {
                let next = member + nodes[member].size();
                let counts = !constrained || (member <= through && through < next);
                if counts && holds_at(nodes, member, situation, through) {
                    return true;
                }
                member = next;
            }
            false
        }
    }
}

const fn condition_holds(condition: &Condition, at: usize, situation: &Situation) -> bool {
    let metrics = &situation.metrics;
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

/// The node that best says why the rule holds: the first condition on the way that is more than a state or a `min`,
/// or else the first condition.
pub const fn cause(nodes: &[Node], at: usize, situation: &Situation) -> usize {
    let end = at + nodes[at].size();
    let any = match nodes[at] {
        Node::Condition(_) => return at,
        Node::All(_) => false,
        Node::Any(_) => true,
    };
    let mut first = usize::MAX;
    let mut member = at + 1;
    while member < end {
        if holds_at(nodes, member, situation, usize::MAX) {
            let leaf = cause(nodes, member, situation);
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

/// The length of a trial: the smallest number of calls with which the rule could trip a half-open breaker if all of
/// them were as bad as can be. `None` where no number suffices.
pub const fn trial_length(nodes: &[Node]) -> Option<u32> {
    let none = Metrics::new(Tally::EMPTY, 0, Rule::measures(nodes));
    let (mut low, mut high) = (1, u32::MAX);
    if !holds(nodes, &Situation::worst(true, &none, high as u64)) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(nodes, &Situation::worst(true, &none, middle as u64)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low)
}

/// What is known of a trial before all its calls are in.
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
    if holds(nodes, &Situation::best(half_open, metrics, more)) {
        Verdict::Trips
    } else if (more == 0 && !Rule::asks_custom(nodes))
        || !holds(nodes, &Situation::worst(half_open, metrics, more))
    {
        // With nothing to come and nothing unknown, the worst is the best, and need not be looked at.
        Verdict::Passes
    } else {
        Verdict::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::{Customs, Situation, Verdict, cause, holds, verdict};
    use crate::metrics::{Metrics, Tally};
    use crate::rule::{Condition, Node, Rule};
    use core::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    fn on(condition: Condition) -> Rule {
        Rule::from_condition(condition)
    }

    fn custom() -> Rule {
        on(Condition::Custom { path: "f", predicate: |_| unreachable!("nobody is asked here") })
    }

    /// So many calls, all of which failed in no time.
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
            // A guard that is all there is to say.
            (on(Min(2)) & on(Closed), "min(2)"),
            (on(Min(2)) | on(Failures(1)), "min(2)"),
            (on(Failures(9)) | on(Min(2)) & on(Failures(2)), "failures(2)"),
            (on(Min(2)) & on(Closed) & (on(Failures(9)) | on(FailureStreak(1))), "failure_streak(1)"),
            ((on(Min(9)) & on(Failures(2)) | on(Closed)) & on(Failures(1)), "failures(1)"),
        ] {
            let situation = Situation { half_open: false, metrics: failed(&rule, 2), customs: Customs::NONE };
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
        assert_eq!(Situation::worst(true, &known, 0).metrics, known);
        assert_eq!(Situation::best(true, &known, 0).metrics, known);
    }

    #[test]
    fn of_more_calls_the_worst_all_fail_and_the_best_none() {
        let rule = on(Condition::AvgLatency(SECOND));
        let known = failed(&rule, 2);
        for (more, streak) in [(1, 3), (u64::from(u32::MAX), u32::MAX), (1 << 32, u32::MAX)] {
            let worst = Situation::worst(true, &known, more).metrics;
            assert_eq!(
                (worst.total(), worst.failures(), worst.failure_streak()),
                (2 + more, 2 + more, streak)
            );
            let best = Situation::best(true, &known, more).metrics;
            assert_eq!((best.total(), best.failures(), best.failure_streak()), (2 + more, 2, 0));
        }
        let most = Situation::worst(true, &known, u64::MAX).metrics;
        assert_eq!((most.total(), most.avg_latency()), (u64::MAX, Some(Duration::from_nanos(u64::MAX))));
    }

    #[test]
    fn customs_are_answered_by_their_place() {
        let rule = on(Condition::Closed) & custom() & on(Condition::Min(1)) & custom();
        let holds = |answers| {
            let situation =
                Situation { half_open: false, metrics: failed(&rule, 1), customs: Customs(answers) };
            holds(rule.nodes(), &situation)
        };
        assert!(holds(1 << 2 | 1 << 4));
        assert!(!holds(1 << 2) && !holds(1 << 4) && !holds(!(1 << 4)));
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
        // What only a function can tell stays unknown, but where it does not matter.
        let asking = rule.clone() & custom();
        assert_eq!(verdict_after(&asking, 4, 0), Verdict::Unknown);
        assert_eq!(verdict_after(&asking, 1, 0), Verdict::Passes);
        assert_eq!(verdict_after(&(rule | custom()), 4, 0), Verdict::Trips);
    }
}
