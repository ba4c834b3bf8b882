//! How the trials of a half-open breaker end.

use crate::figures::thresholds::{UnknownPart, customs, metrics};
use crate::logic::trial::{Plan, TrialVerdict};
use crate::model::rule::{Condition, Node, Rule};

/// How the trials of a half-open breaker end, if calls fail with a given probability. See
/// [`Explanation::trial`](crate::Explanation::trial).
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub struct TrialOdds {
    /// The chance that a trial passes. Otherwise, the breaker re-opens.
    pub passes: f64,
    /// The mean number of calls until the verdict.
    pub calls: f64,
}

/// The verdicts on all trials of a rule.
pub(crate) struct TrialCourse {
    /// By the number of calls, from 1 on, and by the number of failures in a row.
    verdicts: Vec<Vec<TrialEnd>>,
}

/// The verdict by the number of failures.
#[derive(Clone, Copy)]
struct TrialEnd {
    /// A trial with fewer failures passes.
    unpassed: u64,
    /// A trial with at least this many failures re-opens.
    reopens: u64,
}

/// The most verdicts to compute.
const MOST_VERDICTS: u64 = 4_000;

impl TrialCourse {
    /// For a rule, unless its trials are too long to be played.
    pub(crate) fn of(nodes: &[Node]) -> Option<Self> {
        let plan = Plan::of(nodes)?;
        let streaks = nodes.iter().filter_map(|node| match node {
            Node::Condition(Condition::FailureStreak(length)) => Some(u64::from(*length)),
            _ => None,
        });
        // Longer streaks behave like the longest that the rule checks for.
        let longest = streaks.max().unwrap_or(0).min(plan.longest());
        if plan.longest() * (longest + 1) > MOST_VERDICTS {
            return None;
        }
        let judge = Judge { nodes, plan };
        let mut guesses = vec![TrialEnd { unpassed: 0, reopens: 0 }; longest as usize + 1];
        let verdicts = (1..=plan.longest()).map(|calls| {
            for (streak, guess) in guesses.iter_mut().enumerate().take(calls as usize + 1) {
                *guess = judge.verdict(calls, streak as u32, *guess);
            }
            guesses.clone()
        });
        Some(Self { verdicts: verdicts.collect() })
    }

    /// How trials end if calls fail with this probability.
    pub(crate) fn odds(&self, share: f64) -> TrialOdds {
        let longest = self.verdicts.first().map_or(0, |verdicts| verdicts.len() - 1);
        // By the number of failures in a row, and the total number of failures.
        let mut plays = vec![vec![1.0]; 1];
        let mut odds = TrialOdds { passes: 0.0, calls: 0.0 };
        for (before, verdicts) in self.verdicts.iter().enumerate() {
            let left: f64 = plays.iter().flatten().sum();
            if left <= 0.0 {
                break;
            }
            odds.calls += left;
            let calls = before + 1;
            let mut next = vec![vec![0.0; calls + 1]; calls.min(longest) + 1];
            for (streak, play) in plays.iter().enumerate() {
                for (failures, probability) in play.iter().enumerate().filter(|(_, it)| **it > 1e-25) {
                    next[0][failures] += probability * (1.0 - share);
                    next[longest.min(streak + 1)][failures + 1] += probability * share;
                }
            }
            for (verdict, play) in verdicts.iter().zip(&mut next) {
                for (failures, probability) in play.iter_mut().enumerate() {
                    let failures = failures as u64;
                    if failures < verdict.unpassed {
                        odds.passes += *probability;
                        *probability = 0.0;
                    } else if failures >= verdict.reopens {
                        *probability = 0.0;
                    }
                }
            }
            plays = next;
        }
        odds
    }
}

struct Judge<'a> {
    nodes: &'a [Node],
    plan: Plan,
}

impl Judge<'_> {
    /// The verdict on this many calls, searched from that on nearly as many: with more failures, a trial never passes
    /// sooner or re-opens later.
    fn verdict(&self, calls: u64, streak: u32, guess: TrialEnd) -> TrialEnd {
        let ask = |failures| self.ask(calls, failures, streak);
        let passes = |failures| ask(failures) == TrialVerdict::Passes;
        let reopens = |failures| matches!(ask(failures), TrialVerdict::Trips(_));
        TrialEnd {
            unpassed: first(calls, guess.unpassed, |failures| !passes(failures)),
            reopens: first(calls, guess.reopens, reopens),
        }
    }

    fn ask(&self, calls: u64, failures: u64, streak: u32) -> TrialVerdict {
        let unknown = UnknownPart::NeverHolds;
        let metrics = metrics(calls, failures, streak, unknown, Rule::measures(self.nodes));
        self.plan.verdict(self.nodes, &metrics, calls - failures, Some(customs(unknown)))
    }
}

/// The least number up to `most` that satisfies `is_true`, which must also hold for all greater ones; `most + 1` if
/// none does. Searches from `guess`.
fn first(most: u64, guess: u64, is_true: impl Fn(u64) -> bool) -> u64 {
    let mut number = guess.min(most + 1);
    while number <= most && !is_true(number) {
        number += 1;
    }
    while number > 0 && is_true(number - 1) {
        number -= 1;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::TrialCourse;
    use crate::figures::thresholds::{UnknownPart, customs, metrics};
    use crate::logic::trial::{Plan, TrialVerdict};
    use crate::model::rule::Rule;

    /// The chance to pass and the mean number of calls, by enumerating all sequences as long as a trial may be.
    fn played(rule: &Rule, share: f64) -> (f64, f64) {
        let plan = Plan::of(rule.nodes()).expect("a rule for a half-open breaker");
        let longest = plan.longest() as u32;
        let (mut passes, mut calls) = (0.0, 0.0);
        for sequence in 0..1_u32 << longest {
            let failures = sequence.count_ones().cast_signed();
            let chance = share.powi(failures) * (1.0 - share).powi(longest.cast_signed() - failures);
            let (mut failed, mut streak) = (0, 0);
            for call in 1..=longest {
                let is_failure = sequence >> (call - 1) & 1 == 1;
                failed += u64::from(is_failure);
                streak = if is_failure { streak + 1 } else { 0 };
                let unknown = UnknownPart::NeverHolds;
                let total = u64::from(call);
                let metrics = metrics(total, failed, streak, unknown, Rule::measures(rule.nodes()));
                match plan.verdict(rule.nodes(), &metrics, total - failed, Some(customs(unknown))) {
                    TrialVerdict::GoesOn => continue,
                    TrialVerdict::Passes => passes += chance,
                    TrialVerdict::Trips(_) => {}
                    TrialVerdict::Ask => panic!("the answers are given"),
                }
                calls += chance * f64::from(call);
                break;
            }
        }
        (passes, calls)
    }

    #[test]
    fn trial_odds_agree_with_enumeration() {
        for text in [
            "min(1) & failure_rate(1.0)",
            "min(6) & failure_rate(0.5)",
            "min(6) & failure_rate(0.9)",
            "failures(5)",
            "failure_streak(4)",
            "min(5) & failure_rate(0.6) | failure_streak(3)",
            "failures(4) & failure_streak(2)",
            "failures(2) | failure_streak(5)",
            "closed & min(20) & failure_rate(0.5) | half_open & min(5) & failure_rate(0.2)",
            "min(5) & (failure_rate(0.6) | slow_rate(0.5, 1s))",
        ] {
            let rule: Rule = text.parse().unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
            let trial = TrialCourse::of(rule.nodes()).expect("not too long");
            for share in [0.0, 0.01, 0.2, 0.5, 0.9, 1.0] {
                let (passes, calls) = played(&rule, share);
                let found = trial.odds(share);
                let text = format!("{text} at {share}: {found:?}, not {passes}, {calls}");
                assert!(
                    (found.passes - passes).abs() < 1e-12 && (found.calls - calls).abs() < 1e-11,
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn trials_that_are_too_long_are_not_played() {
        for (text, is_played) in [
            ("min(2000) & failure_rate(0.5)", true),
            ("min(2001) & failure_rate(0.5)", false),
            ("min(1000) & failure_rate(0.5) | failure_streak(10)", false),
        ] {
            let rule: Rule = text.parse().expect("a rule");
            assert_eq!(TrialCourse::of(rule.nodes()).is_some(), is_played, "{text}");
        }
    }
}
