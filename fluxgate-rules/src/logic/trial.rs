//! How long a trial is, and when it is decided.

use crate::logic::evaluate::{Situation, best, holds, worst};
use crate::model::metrics::{Metrics, Tally};
use crate::model::rule::{Node, Rule};

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
    use super::{Verdict, verdict};
    use crate::model::metrics::{Metrics, Tally};
    use crate::model::rule::{Condition, Rule};

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
