//! Why a rule holds.

use crate::logic::evaluate::{NodeSet, Situation, contains, held};
use crate::model::rule::{Condition, Node};

/// The node that best explains why the rule holds: the first holding condition other than a state or a `min`, or if
/// there is none, the first holding condition.
pub const fn cause(nodes: &[Node], situation: &Situation<'_>) -> usize {
    cause_below(nodes, 0, held(nodes, situation))
}

/// The best explanation in the subtree at `at`, which must hold.
const fn cause_below(nodes: &[Node], at: usize, held: NodeSet) -> usize {
    let end = at + nodes[at].size();
    let is_any = match nodes[at] {
        Node::Condition(_) => return at,
        Node::All(_) => false,
        Node::Any(_) => true,
    };
    let mut first = None;
    let mut member = at + 1;
    while member < end {
        if contains(held, member) {
            let leaf = cause_below(nodes, member, held);
            let is_guard = matches!(
                nodes[leaf],
                Node::Condition(Condition::Closed | Condition::HalfOpen | Condition::Min(_))
            );
            if is_any || !is_guard {
                return leaf;
            }
            if first.is_none() {
                first = Some(leaf);
            }
        }
        member += nodes[member].size();
    }
    match first {
        Some(leaf) => leaf,
        None => at,
    }
}

#[cfg(test)]
mod tests {
    use super::cause;
    use crate::logic::evaluate::{Customs, Situation, holds};
    use crate::model::metrics::{Metrics, Tally};
    use crate::model::rule::{Condition, Node, Rule};

    fn on(condition: Condition) -> Rule {
        Rule::from_condition(condition)
    }

    /// This many calls, all of which failed in no time.
    fn failed(rule: &Rule, calls: u64) -> Metrics {
        let tally = Tally { total: calls, failures: calls, ..Tally::EMPTY };
        Metrics::new(tally, calls as u32, Rule::measures(rule.nodes()))
    }

    #[test]
    fn the_cause_is_the_most_telling_condition() {
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
            let Node::Condition(blamed) = rule.nodes()[cause(rule.nodes(), &situation)] else {
                panic!("{rule}: a group is no cause")
            };
            assert_eq!(blamed.to_string(), expected, "{rule}");
        }
    }
}
