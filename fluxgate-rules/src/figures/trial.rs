//! What the trials of a half-open breaker lead to.

use crate::figures::thresholds::{Unknown, customs, metrics};
use crate::logic::trial::{Plan, TrialVerdict};
use crate::model::rule::{Condition, Node, Rule};

/// What the trials of a half-open breaker lead to, if calls fail with some probability. See
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
pub(crate) struct Trial {
    /// By the number of calls, from 1 on, and by that of failures in a row.
    verdicts: Vec<Vec<Verdict>>,
}

/// The verdict by the number of failures.
#[derive(Clone, Copy)]
struct Verdict {
    /// A trial with fewer failures passes.
    unpassed: u64,
    /// A trial with so many failures or more re-opens.
    reopens: u64,
}

/// The most verdicts that are looked for.
const MOST_VERDICTS: u64 = 40_000;

impl Trial {
    /// Of a rule, unless its trials are too long to be played.
    pub(crate) fn of(nodes: &[Node]) -> Option<Self> {
        let plan = Plan::of(nodes)?;
        let streaks = nodes.iter().filter_map(|node| match node {
            Node::Condition(Condition::FailureStreak(length)) => Some(u64::from(*length)),
            _ => None,
        });
        // Longer ones are like the longest that the rule asks for.
        let longest = streaks.max().unwrap_or(0).min(plan.longest());
        if plan.longest() * (longest + 1) > MOST_VERDICTS {
            return None;
        }
        let judge = Judge { nodes, plan };
        let mut guesses = vec![Verdict { unpassed: 0, reopens: 0 }; longest as usize + 1];
        let verdicts = (1..=plan.longest()).map(|calls| {
            for (streak, guess) in guesses.iter_mut().enumerate().take(calls as usize + 1) {
                *guess = judge.verdict(calls, streak as u32, *guess);
            }
            guesses.clone()
        });
        Some(Self { verdicts: verdicts.collect() })
    }

    /// What it leads to, if calls fail with this probability.
    pub(crate) fn odds(&self, share: f64) -> TrialOdds {
        let longest = self.verdicts.first().map_or(0, |verdicts| verdicts.len() - 1);
        // By the number of failures in a row, and that of all failures.
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
    /// The verdict on so many calls, from one on nearly as many: with more failures, a trial never passes sooner, nor re-opens later.
    fn verdict(&self, calls: u64, streak: u32, guess: Verdict) -> Verdict {
        let ask = |failures| self.ask(calls, failures, streak);
        let passes = |failures| ask(failures) == TrialVerdict::Passes;
        let reopens = |failures| matches!(ask(failures), TrialVerdict::Trips(_));
        Verdict {
            unpassed: first(calls, guess.unpassed, |failures| !passes(failures)),
            reopens: first(calls, guess.reopens, reopens),
        }
    }

    fn ask(&self, calls: u64, failures: u64, streak: u32) -> TrialVerdict {
        let unknown = Unknown::NeverHolds;
        let metrics = metrics(calls, failures, streak, unknown, Rule::measures(self.nodes));
        self.plan.verdict(self.nodes, &metrics, calls - failures, Some(customs(unknown)))
    }
}

/// The least number, up to `most`, of which something is true that is true of all greater ones; or one more than `most`. It is near the
/// `guess`.
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
