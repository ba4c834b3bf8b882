//! How a trial is judged, by definition: the rule is expanded into its alternatives, and future calls are
//! played out one by one, once all perfect and once all bad.

use std::time::Duration;

use super::rule::{Evidence, Record, Rule};

/// What a trial by one rule takes.
#[derive(Clone, Debug)]
pub struct Trial {
    alternatives: Vec<Alternative>,
    /// Alternatives that count running calls, which are not evidence: they hold or they do not, and nothing waits for them.
    crowded: Vec<Rule>,
    /// The most calls that any alternative needs.
    pub length: usize,
    /// The fewest good calls on which it passes before it reaches twice its length.
    pub good: usize,
    thresholds: Vec<Duration>,
}

/// One way in which the rule can hold: all of these conditions.
#[derive(Clone, Debug)]
struct Alternative {
    rule: Rule,
    /// The fewest calls with which it can hold, if all are as bad as possible.
    length: usize,
    /// The fewest bad calls after which it holds, however good the others of its length.
    bad: usize,
}

/// Longer trials are too long to play out.
const LONGEST: usize = 3_000;

impl Alternative {
    fn new(rule: Rule) -> Self {
        let nothing = Evidence::default();
        let length = (1..=LONGEST)
            .find(|&calls| rule.holds(true, &nothing.worst(calls), Some(true)))
            .expect("enough bad calls make a condition hold");
        let bad = (1..=length)
            .find(|&bad| rule.holds(true, &nothing.worst(bad).best(length - bad), Some(true)))
            .expect("it holds if all calls of its length are bad");
        Self { rule, length, bad }
    }

    /// Whether it holds now, or would hold even if all calls missing from its length were perfect; its `custom` conditions
    /// cannot have been asked by then.
    fn is_certain(&self, evidence: &Evidence) -> bool {
        let missing = self.length.saturating_sub(evidence.calls.len());
        if missing == 0 {
            self.rule.holds(true, evidence, None)
        } else {
            self.rule.holds(true, &evidence.best(missing), Some(false))
        }
    }
}

impl Trial {
    /// `None` if the rule has no alternative that can hold on a half-open breaker.
    pub fn of(rule: &Rule) -> Option<Self> {
        let applies = |conditions: &Vec<Rule>| !conditions.contains(&Rule::Closed);
        let applicable = rule.alternatives().into_iter().filter(applies).map(Rule::All);
        let (crowded, applicable): (Vec<Rule>, Vec<Rule>) =
            applicable.partition(|rule| rule.least_in_flight().is_some());
        let thresholds = applicable.iter().flat_map(Rule::thresholds).collect();
        let alternatives: Vec<Alternative> = applicable.into_iter().map(Alternative::new).collect();
        let length = alternatives.iter().map(|alternative| alternative.length).max()?;
        let good = alternatives.iter().map(|alternative| alternative.bad).max()?;
        Some(Self { alternatives, crowded, length, good, thresholds })
    }

    /// The most calls that a trial can still use after `total` outcomes.
    pub fn limit(&self, total: usize) -> usize {
        if total < self.length { self.length } else { 2 * self.length }
    }

    /// Whether a trial with these outcomes is lost (`true`), is passed (`false`) or goes on.
    pub fn verdict(&self, evidence: &Evidence) -> Option<bool> {
        let total = evidence.calls.len();
        let at_worst = if total < self.length { Some(true) } else { None };
        let is_crowded = self.crowded.iter().any(|rule| rule.holds(true, evidence, None));
        if is_crowded || self.alternatives.iter().any(|alternative| alternative.is_certain(evidence)) {
            return Some(true);
        }
        let worst = evidence.worst(self.length.saturating_sub(total));
        let may_trip =
            self.alternatives.iter().any(|alternative| alternative.rule.holds(true, &worst, at_worst));
        let good = evidence.calls.iter().filter(|call| self.is_good(call)).count();
        let passes = good >= self.good && !may_trip || total >= 2 * self.length;
        passes.then_some(false)
    }

    /// Whether a call did not fail, and reached no threshold that the rule has in half-open.
    pub fn is_good(&self, call: &Record) -> bool {
        !call.failed && self.thresholds.iter().all(|&threshold| call.took < threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Rule, Trial};
    use crate::fixture::{millis, seconds};
    use crate::reference::Predicate;
    use std::time::Duration;

    fn all(members: impl Into<Vec<Rule>>) -> Rule {
        Rule::All(members.into())
    }

    fn any(members: impl Into<Vec<Rule>>) -> Rule {
        Rule::Any(members.into())
    }

    fn rate(least: u32, per_mille: u32) -> Rule {
        all([Rule::Min(least), Rule::FailureRate(per_mille)])
    }

    fn lengths(rule: &Rule) -> (usize, usize) {
        let trial = Trial::of(rule).expect("it has a trial");
        (trial.length, trial.good)
    }

    /// After how many of these calls the verdict falls (each a failure or not, and its duration), and which.
    fn play(rule: &Rule, calls: impl IntoIterator<Item = (bool, Duration)>) -> Option<(usize, bool)> {
        let trial = Trial::of(rule).expect("it has a trial");
        let mut evidence = Evidence::default();
        calls.into_iter().enumerate().find_map(|(nth, (failed, took))| {
            evidence.push(failed, took);
            trial.verdict(&evidence).map(|lost| (nth + 1, lost))
        })
    }

    /// `x` fails, `.` succeeds, `-` succeeds slowly.
    fn play_marks(rule: &Rule, marks: &str) -> Option<(usize, bool)> {
        let call = |mark| (mark == 'x', if mark == '-' { seconds(1) } else { Duration::ZERO });
        play(rule, marks.chars().map(call))
    }

    const LOST: bool = true;
    const PASSED: bool = false;

    /// The examples of the design's section on behaviour.
    #[test]
    fn lengths_are_those_of_the_design() {
        assert_eq!(lengths(&rate(10, 500)), (10, 5));
        assert_eq!(lengths(&Rule::FailureStreak(5)), (5, 5));
        assert_eq!(lengths(&Rule::Failures(5)), (5, 5));
        assert_eq!(lengths(&rate(1, 1_000)), (1, 1), "the classic single probe");
        let standard = any([all([Rule::Closed, rate(100, 500)]), all([Rule::HalfOpen, rate(10, 500)])]);
        assert_eq!(lengths(&standard), (10, 5));
        let own = any([all([Rule::Closed, rate(100, 500)]), all([Rule::HalfOpen, rate(5, 200)])]);
        assert_eq!(lengths(&own), (5, 1));
        assert!(Trial::of(&all([Rule::Closed, Rule::Failures(3)])).is_none());
    }

    #[test]
    fn the_longest_applicable_alternative_determines_the_length() {
        let streak = Rule::FailureStreak(5);
        assert_eq!(lengths(&any([rate(10, 500), streak.clone()])), (10, 5));
        assert_eq!(lengths(&any([rate(10, 900), Rule::FailureStreak(20)])), (20, 20));
        assert_eq!(
            lengths(&any([rate(10, 500), all([Rule::Closed, Rule::Min(50), Rule::Failures(2)])])),
            (10, 5)
        );
        // A group may be nested.
        let nested =
            all([Rule::Min(4), any([Rule::Closed, Rule::FailureRate(500)]), any([streak, Rule::HalfOpen])]);
        assert_eq!(
            lengths(&nested),
            (5, 5),
            "min(4) & failure_rate(0.5) & failure_streak(5) is one of its ways"
        );
    }

    #[test]
    fn a_streak_is_certain_only_when_all_calls_are_bad() {
        assert_eq!(lengths(&all([Rule::Min(10), Rule::FailureStreak(3)])), (10, 10));
        assert_eq!(lengths(&all([Rule::Min(10), Rule::Failures(3)])), (10, 3));
        assert_eq!(lengths(&all([Rule::Min(10), Rule::AvgLatency(seconds(1))])), (10, 1));
    }

    #[test]
    fn five_failures_of_ten_trip_and_six_successes_pass() {
        let rule = rate(10, 500);
        assert_eq!(play_marks(&rule, "xxxxxxxxxx"), Some((5, LOST)));
        assert_eq!(play_marks(&rule, ".........."), Some((6, PASSED)));
        assert_eq!(play_marks(&rule, "xxxx......"), Some((10, PASSED)));
        assert_eq!(play_marks(&rule, "....xxxxx"), Some((9, LOST)));
    }

    #[test]
    fn one_lucky_call_does_not_close() {
        for rule in [Rule::FailureStreak(5), Rule::Failures(5)] {
            assert_eq!(play_marks(&rule, ".........."), Some((5, PASSED)));
            assert_eq!(play_marks(&rule, "xxxxx"), Some((5, LOST)));
        }
        assert_eq!(play_marks(&Rule::FailureStreak(5), ".xxxxx"), Some((6, LOST)));
        assert_eq!(play_marks(&Rule::FailureStreak(5), ".xxxx...."), Some((9, PASSED)));
        assert_eq!(play_marks(&Rule::FailureStreak(5), "x.x.x.x.x."), Some((10, PASSED)), "its end");
    }

    #[test]
    fn a_single_probe_decides() {
        assert_eq!(play_marks(&rate(1, 1_000), "x"), Some((1, LOST)));
        assert_eq!(play_marks(&rate(1, 1_000), "."), Some((1, PASSED)));
        assert_eq!(play_marks(&Rule::Failures(1), "."), Some((1, PASSED)));
    }

    #[test]
    fn each_alternative_keeps_its_own_length() {
        let rule = any([Rule::FailureStreak(5), rate(10, 900)]);
        assert_eq!(play_marks(&rule, "xxxxx"), Some((5, LOST)));
        assert_eq!(play_marks(&rule, "xxxx.xxxxx"), Some((10, LOST)));
    }

    #[test]
    fn an_alternative_makes_a_mostly_failing_service_no_easier_to_trust() {
        let plain = rate(10, 500);
        let more = any([plain.clone(), Rule::FailureStreak(5)]);
        assert_eq!(play_marks(&plain, ".xxxxx"), Some((6, LOST)));
        assert_eq!(play_marks(&more, ".xxxxx"), Some((6, LOST)));
        assert_eq!(play_marks(&more, "."), None);
    }

    #[test]
    fn a_slow_success_is_not_good_if_half_open_has_that_threshold() {
        let slow = |per_mille| Rule::SlowRate(per_mille, millis(500));
        let rule = any([rate(4, 500), all([Rule::Min(4), slow(1_000)])]);
        assert_eq!(lengths(&rule), (4, 4));
        assert_eq!(play_marks(&rule, "...."), Some((4, PASSED)));
        assert_eq!(play_marks(&rule, "---...."), Some((7, PASSED)), "four of them good");
        assert_eq!(play_marks(&rule, "-.-.-.--"), Some((8, PASSED)), "its end");
        // A threshold for closed breakers only does not matter to the trial.
        let rule = any([rate(4, 500), all([Rule::Closed, Rule::Min(4), slow(1_000)])]);
        assert_eq!(play_marks(&rule, "----"), Some((3, PASSED)));
    }

    #[test]
    fn an_average_makes_no_single_call_bad() {
        let rule = all([Rule::Min(4), Rule::AvgLatency(millis(300))]);
        assert_eq!(play_marks(&rule, "-..."), Some((4, PASSED)), "a mean of 250 ms");
        assert_eq!(play_marks(&rule, "--"), Some((2, LOST)));
    }

    #[test]
    fn custom_is_asked_when_all_calls_are_in() {
        let rule = all([Rule::Min(5), Rule::Custom(Predicate::TwoFailures)]);
        assert_eq!(lengths(&rule), (5, 1));
        assert_eq!(play_marks(&rule, "xxxxx"), Some((5, LOST)));
        assert_eq!(play_marks(&rule, "x...."), Some((5, PASSED)));
        assert_eq!(play_marks(&rule, "....."), Some((5, PASSED)));
        // The other alternative does not wait for it.
        let rule = any([rule, Rule::FailureStreak(3)]);
        assert_eq!(play_marks(&rule, "xxx"), Some((3, LOST)));
        // Nor does it wait for the other: each alternative keeps its own length.
        let rule = any([all([Rule::Min(5), Rule::Custom(Predicate::TwoFailures)]), rate(20, 900)]);
        assert_eq!(play_marks(&rule, "xx..."), Some((5, LOST)));
    }
}
