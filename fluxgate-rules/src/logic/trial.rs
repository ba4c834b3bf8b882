//! How a half-open breaker is judged: on as much evidence as a trip takes, and as soon as the result is certain.
//!
//! A rule can hold in several ways, its *alternatives*: one member of each `|`-group, and all of each `&`-group. Each
//! alternative that applies to a half-open breaker has its own length, the number of calls with which it can hold if
//! all of them are as bad as possible. The longest is the length of the trial, but each alternative is judged by its
//! own: adding one to a rule can only make the breaker re-open sooner and close later.
//!
//! The number of running calls is not an outcome, and so no evidence: an alternative with `in_flight` re-opens a
//! breaker when it holds, but a trial does not wait for it.

use crate::logic::evaluate::{Customs, Situation, best, conditions, holds, ways_by_outcomes, worst};
use crate::model::limits::MAX_THRESHOLDS;
use crate::model::metrics::{Metrics, nanos};
use crate::model::rule::{Condition, Node, Rule};

/// The evidence that a trial of a rule needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The number of calls by which all of the rule's alternatives are decided.
    pub length: u32,
    /// How many good calls the trial needs to pass: as many as the bad ones that make a trip certain.
    pub good: u32,
    /// One bit for each of [`Measures::thresholds`](crate::Measures::thresholds) that a good call must stay below.
    pub thresholds: u8,
}

/// What the outcomes of a trial lead to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrialVerdict {
    /// The rule holds, or will after at most this many more calls, however good they are.
    Trips(u64),
    /// The rule can no longer hold, and enough calls were good.
    Passes,
    /// More calls are needed.
    GoesOn,
    /// It depends on the rule's `custom` conditions.
    Ask,
}

impl Plan {
    /// The trial of one call.
    pub const SINGLE: Self = Self { length: 1, good: 1, thresholds: 0 };

    /// The trial of a rule; `None` if the rule cannot trip a half-open breaker.
    pub fn of(nodes: &[Node]) -> Option<Self> {
        let measures = Rule::measures(nodes);
        let mut plan: Option<Self> = None;
        let ways = ways_by_outcomes(nodes);
        for (leaf, condition) in conditions(nodes, ways) {
            let known = plan.get_or_insert(Self::SINGLE);
            known.length = known.length.max(length(condition));
            let alternative = conditions(nodes, ways).filter(|(other, _)| are_joined(nodes, leaf, *other));
            let longest = alternative.map(|(_, condition)| length(condition)).max().unwrap_or(1);
            known.good = known.good.max(bad_calls_needed(condition, longest));
            if let Some(threshold) = condition.counts_slow_from()
                && let Some(place) = measures.threshold(nanos(threshold))
            {
                known.thresholds |= 1 << place;
            }
        }
        plan
    }

    /// The most outcomes of a trial; then it passes unless the rule holds.
    pub const fn longest(&self) -> u64 {
        2 * self.length as u64
    }

    /// How many outcomes a trial that has `total` of them waits for before it is judged as a whole.
    pub const fn limit(&self, total: u64) -> u64 {
        if total < self.length as u64 { self.length as u64 } else { self.longest() }
    }

    /// The verdict on a trial with these figures and `good` good calls. `customs` are the answers of the rule's
    /// `custom` conditions, if they have been called. They are called whenever they decide whether an alternative holds
    /// that has all its calls: waiting for longer alternatives would let those make recovery easier. About calls still
    /// to come, they may answer either way.
    pub fn verdict(
        &self,
        nodes: &[Node],
        metrics: &Metrics,
        good: u64,
        customs: Option<Customs>,
    ) -> TrialVerdict {
        let holds =
            |metrics: &Metrics, customs| holds(nodes, &Situation { half_open: true, metrics, customs });
        if holds(metrics, customs.unwrap_or(Customs::NONE)) {
            return TrialVerdict::Trips(0);
        }
        for (_, condition) in conditions(nodes, ways_by_outcomes(nodes)) {
            let more = u64::from(length(condition)).saturating_sub(metrics.total());
            if more > 0 && holds(&best(metrics, more), Customs::NONE) {
                return TrialVerdict::Trips(more);
            }
        }
        if customs.is_none() && holds(metrics, Customs::ALL) {
            return TrialVerdict::Ask;
        }
        let more = u64::from(self.length).saturating_sub(metrics.total());
        let may_trip = more > 0 && holds(&worst(metrics, more), Customs::ALL);
        if !may_trip && good >= u64::from(self.good) || metrics.total() >= self.longest() {
            TrialVerdict::Passes
        } else {
            TrialVerdict::GoesOn
        }
    }
}

/// With how many calls the condition can hold if all of them are bad.
pub(crate) const fn length(condition: Condition) -> u32 {
    match condition {
        Condition::Min(count) | Condition::Failures(count) | Condition::FailureStreak(count) => count,
        Condition::SureFailureRate(rate) => rate.calls(),
        Condition::Closed
        | Condition::HalfOpen
        | Condition::FailureRate(_)
        | Condition::SlowRate(..)
        | Condition::AvgLatency(_)
        | Condition::FailingFor(_)
        | Condition::InFlight(_)
        | Condition::Custom { .. } => 1,
    }
}

/// Whether two conditions are in one alternative: the same one, or members of one `&`-group, at any depth.
fn are_joined(nodes: &[Node], one: usize, other: usize) -> bool {
    let (first, last) = (one.min(other), one.max(other));
    // The innermost group that contains both comes last.
    let innermost = nodes[..first].iter().enumerate().rfind(|(group, node)| last < group + node.size());
    one == other || matches!(innermost, Some((_, Node::All(_))))
}

/// How many bad calls make it certain that the condition holds after `length` calls, with perfect calls for the rest.
fn bad_calls_needed(condition: Condition, length: u32) -> u32 {
    match condition {
        Condition::FailureRate(ratio) | Condition::SlowRate(ratio, _) => {
            ratio.least_part(u64::from(length)) as u32
        }
        Condition::SureFailureRate(rate) => rate.least_failures(length),
        Condition::Failures(count) => count,
        // A single success ends them.
        Condition::FailureStreak(_) | Condition::FailingFor(_) => length,
        Condition::AvgLatency(_) | Condition::Custom { .. } => 1,
        Condition::Closed | Condition::HalfOpen | Condition::Min(_) | Condition::InFlight(_) => 0,
    }
}

const _: () = assert!(MAX_THRESHOLDS <= 8, "a bit for each threshold");

#[cfg(test)]
mod tests {
    use super::{Customs, Plan, TrialVerdict};
    use crate::model::metrics::{Metrics, Tally};
    use crate::model::rule::{Condition, Rule};

    fn rule(text: &str) -> Rule {
        text.parse().unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
    }

    fn trial(text: &str) -> (u32, u32) {
        let trial = Plan::of(rule(text).nodes()).expect("a rule for a half-open breaker");
        (trial.length, trial.good)
    }

    #[test]
    fn a_trial_is_as_long_as_the_longest_alternative() {
        for (text, expected) in [
            ("min(10) & failure_rate(0.5)", (10, 5)),
            ("min(10) & failure_rate(0.41)", (10, 5)),
            ("min(1) & failure_rate(1.0)", (1, 1)),
            ("failures(5)", (5, 5)),
            ("failure_streak(5)", (5, 5)),
            ("min(10) & failure_streak(5)", (10, 10)),
            ("min(10) & failure_rate(0.9) | failure_streak(3)", (10, 9)),
            ("min(10) & failure_rate(0.1) | failure_streak(3)", (10, 3)),
            ("failures(2) | failure_streak(5)", (5, 5)),
            ("min(20) & (failure_rate(0.5) | slow_rate(0.3, 1s)) | failure_streak(5)", (20, 10)),
            // A short alternative keeps its own number of bad calls.
            ("min(10) & failure_rate(0.5) | min(100) & failure_rate(0.1)", (100, 10)),
            ("closed & min(100) & failure_rate(0.9) | half_open & min(10) & failure_rate(0.2)", (10, 2)),
            ("(closed & min(50) | half_open & min(4)) & failure_rate(0.5)", (4, 2)),
            ("min(4) & avg_latency(1s)", (4, 1)),
        ] {
            assert_eq!(trial(text), expected, "{text}");
        }
        let closed = Rule::from_condition(Condition::Closed) & Rule::from_condition(Condition::Failures(1));
        assert_eq!(Plan::of(closed.nodes()), None);
    }

    #[test]
    fn a_trial_is_judged_at_its_length_and_at_twice_that() {
        let ten =
            Plan::of(rule("min(10) & failure_rate(0.5)").nodes()).expect("a rule for a half-open breaker");
        assert_eq!([0, 9, 10, 19].map(|total| ten.limit(total)), [10, 10, 20, 20]);
    }

    #[test]
    fn good_calls_stay_below_the_half_open_thresholds() {
        let rule = rule(
            "closed & min(9) & slow_rate(0.5, 3s) | half_open & min(9) & (slow_rate(0.5, 2s) | slow_rate(0.2, 1s))",
        );
        assert_eq!(Plan::of(rule.nodes()).map(|trial| trial.thresholds), Some(0b011));
    }

    /// Plays outcomes, `x` for a failure and `o` for a success, and returns when they were enough: `+` passes, `-`
    /// trips.
    fn played(rule: &Rule, outcomes: &str) -> String {
        let trial = Plan::of(rule.nodes()).expect("a rule for a half-open breaker");
        let (mut tally, mut streak) = (Tally::EMPTY, 0);
        for (place, outcome) in outcomes.chars().enumerate() {
            tally.total += 1;
            tally.failures += u64::from(outcome == 'x');
            streak = if outcome == 'x' { streak + 1 } else { 0 };
            let metrics = Metrics::new(tally, streak, Rule::measures(rule.nodes()));
            match trial.verdict(rule.nodes(), &metrics, tally.total - tally.failures, None) {
                TrialVerdict::Trips(_) => return format!("-{}", place + 1),
                TrialVerdict::Passes => return format!("+{}", place + 1),
                TrialVerdict::GoesOn => {}
                TrialVerdict::Ask => panic!("nobody is asked here"),
            }
        }
        "?".to_owned()
    }

    #[test]
    fn the_verdict_comes_as_soon_as_it_is_certain() {
        let half = "min(10) & failure_rate(0.5)";
        let streak = "failure_streak(5)";
        for (text, outcomes, expected) in [
            (half, "xxxxx", "-5"),
            (half, "oooooo", "+6"),
            (half, "oxoxoxoxox", "-10"),
            (half, "oxoxoxoxoo", "+10"),
            (streak, "xxxxx", "-5"),
            (streak, "ooooo", "+5"),
            (streak, "oxoxoxoxo", "+9"),
            (streak, "xxxxoxxxxo", "+10"),
            (streak, "oxxxxx", "-6"),
            (streak, "ooooxxxxx", "-9"),
            ("min(1) & failure_rate(1.0)", "o", "+1"),
            ("min(1) & failure_rate(1.0)", "x", "-1"),
            // Each alternative keeps its own length.
            ("failure_streak(5) | min(10) & failure_rate(0.9)", "xxxxx", "-5"),
            ("min(1) & failure_rate(1.0) | min(10) & failure_rate(0.9)", "x", "-1"),
            ("failures(2) | failure_streak(5)", "ooooo", "+5"),
            ("min(10) & failure_rate(0.9)", "oxoxoxoxoxoxoxoxo", "+17"),
            ("min(10) & failure_rate(0.9)", "ooxxxxxxxxxxxxxxxxxx", "-20"),
            ("min(10) & failure_rate(0.9)", "ooxxxxxxxxxxxxxxxxxo", "+20"),
        ] {
            assert_eq!(played(&rule(text), outcomes), expected, "{text}: {outcomes}");
        }
    }

    /// A few rules, each with every other as an alternative, and every sequence of outcomes: whenever the longer rule
    /// closes, the shorter one has closed no later.
    #[test]
    fn an_alternative_never_makes_recovery_easier() {
        let rules = [
            "failures(2)",
            "failure_streak(2)",
            "failure_streak(4)",
            "min(4) & failure_rate(0.5)",
            "min(5) & failure_rate(0.8)",
            "min(1) & failure_rate(0.3)",
            "min(3) & failures(2) & failure_streak(2)",
            "closed & failures(9) | half_open & min(5) & failure_rate(0.3)",
        ];
        let pairs = rules.iter().flat_map(|shorter| rules.map(|other| (*shorter, other)));
        for (shorter, other) in pairs.filter(|(shorter, other)| shorter != other) {
            let both = rule(&format!("{shorter} | {other}"));
            let shorter = rule(shorter);
            for bits in 0..1_u32 << 8 {
                let outcomes: String =
                    (0..8).map(|place| if bits >> place & 1 == 1 { 'x' } else { 'o' }).collect();
                let (alone, joined) = (played(&shorter, &outcomes), played(&both, &outcomes));
                let at = |verdict: &str| verdict[1..].parse::<u32>().expect("a number of calls");
                if joined.starts_with('+') {
                    assert!(alone.starts_with('+') && at(&alone) <= at(&joined), "{both}: {outcomes}");
                }
                if alone.starts_with('-') {
                    assert!(joined.starts_with('-') && at(&joined) <= at(&alone), "{both}: {outcomes}");
                }
            }
        }
    }

    #[test]
    fn custom_conditions_are_called_once_their_alternative_has_its_calls() {
        let custom = Rule::from_condition(Condition::Custom {
            path: "f",
            predicate: |_| unreachable!("nobody is asked here"),
        });
        let short = rule("min(4) & failures(2)") & custom;
        let long = short.clone() | rule("min(6) & failure_rate(1.0)");
        let verdict_by = |rule: &Rule, failures, good, customs| {
            let trial = Plan::of(rule.nodes()).expect("a rule for a half-open breaker");
            let tally = Tally { total: failures + good, failures, ..Tally::EMPTY };
            let metrics = Metrics::new(tally, failures as u32, Rule::measures(rule.nodes()));
            trial.verdict(rule.nodes(), &metrics, good, customs)
        };
        let verdict = |failures, good, customs| verdict_by(&short, failures, good, customs);
        assert_eq!(verdict(3, 0, None), TrialVerdict::GoesOn);
        assert_eq!(verdict(0, 3, None), TrialVerdict::Passes);
        assert_eq!(verdict(2, 2, None), TrialVerdict::Ask);
        assert_eq!(verdict(2, 2, Some(Customs::ALL)), TrialVerdict::Trips(0));
        assert_eq!(verdict(2, 2, Some(Customs::NONE)), TrialVerdict::Passes);
        assert_eq!(verdict(3, 1, Some(Customs::NONE)), TrialVerdict::GoesOn);
        assert_eq!(verdict(7, 1, Some(Customs::NONE)), TrialVerdict::Passes);
        // The condition is asked before a longer alternative has its calls, and only about the calls so far.
        assert_eq!(verdict_by(&long, 3, 0, None), TrialVerdict::GoesOn);
        assert_eq!(verdict_by(&long, 2, 2, None), TrialVerdict::Ask);
        assert_eq!(verdict_by(&long, 2, 2, Some(Customs::ALL)), TrialVerdict::Trips(0));
        assert_eq!(verdict_by(&long, 2, 2, Some(Customs::NONE)), TrialVerdict::GoesOn);
        assert_eq!(verdict_by(&long, 4, 0, Some(Customs::NONE)), TrialVerdict::GoesOn);
    }
}
