//! Every semantic refusal and every trial length checked by enumeration: all histories of up to six calls, seen through
//! a small window, are judged by an evaluator too simple to be wrong.
#![allow(missing_docs)]

mod words;

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use fluxgate_rules::flaws::{self, Flaw};
use fluxgate_rules::syntax::Value;
use fluxgate_rules::trial::Plan;
use fluxgate_rules::vocabulary::Kind;
use fluxgate_rules::{Condition, Node, Ratio, Rule, SureRate, Window};
use proptest::prelude::*;

const LONGEST: usize = 6;
const SLOW: Duration = Duration::from_secs(4);
const SLOW_FROM: Duration = Duration::from_secs(1);

/// A rule as a tree, for the simple evaluator.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(Condition),
    All(Vec<Tree>),
    Any(Vec<Tree>),
}

/// What a condition can see.
#[expect(clippy::struct_excessive_bools, reason = "conditions look at that many")]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Seen {
    half_open: bool,
    total: u32,
    failures: u32,
    slow: u32,
    streak: u32,
    customs: bool,
    /// No call has succeeded for as long as any rule requires.
    late: bool,
    /// As many calls are running as any rule requires.
    crowded: bool,
}

impl Tree {
    fn rule(&self) -> Rule {
        match self {
            Self::Leaf(condition) => Rule::from_condition(*condition),
            Self::All(members) => {
                members.iter().map(Self::rule).reduce(|one, two| one & two).expect("members")
            }
            Self::Any(members) => {
                members.iter().map(Self::rule).reduce(|one, two| one | two).expect("members")
            }
        }
    }

    fn leaves(&self) -> usize {
        match self {
            Self::Leaf(_) => 1,
            Self::All(members) | Self::Any(members) => members.iter().map(Self::leaves).sum(),
        }
    }

    /// The rule as it holds through this leaf: without the other alternatives.
    fn through(&self, leaf: usize) -> Self {
        match self {
            Self::Leaf(_) => self.clone(),
            Self::All(members) | Self::Any(members) => {
                let mut before = 0;
                let mut kept = Vec::new();
                for member in members {
                    let contains = (before..before + member.leaves()).contains(&leaf);
                    if contains {
                        kept.push(member.through(leaf - before));
                    } else if matches!(self, Self::All(_)) {
                        kept.push(member.clone());
                    }
                    before += member.leaves();
                }
                Self::All(kept)
            }
        }
    }

    fn leaf(&self, leaf: usize) -> Condition {
        match self {
            Self::Leaf(condition) => *condition,
            Self::All(members) | Self::Any(members) => {
                let mut before = 0;
                for member in members {
                    if leaf < before + member.leaves() {
                        return member.leaf(leaf - before);
                    }
                    before += member.leaves();
                }
                unreachable!("a leaf that is not there")
            }
        }
    }

    fn holds(&self, seen: &Seen) -> bool {
        match self {
            Self::Leaf(condition) => holds(*condition, seen),
            Self::All(members) => members.iter().all(|member| member.holds(seen)),
            Self::Any(members) => members.iter().any(|member| member.holds(seen)),
        }
    }
}

fn holds(condition: Condition, seen: &Seen) -> bool {
    // Shares are halves and wholes, durations whole seconds, so small integers are enough.
    let share = |ratio: Ratio| if ratio == Ratio::ONE { 2 } else { 1 };
    match condition {
        Condition::Closed => !seen.half_open,
        Condition::HalfOpen => seen.half_open,
        Condition::Min(count) => seen.total >= count,
        Condition::Failures(count) => seen.failures >= count,
        Condition::FailureStreak(count) => seen.streak >= count,
        Condition::FailureRate(ratio) => 2 * seen.failures >= share(ratio) * seen.total,
        Condition::SureFailureRate(_) => is_sure(seen.failures, seen.total),
        Condition::SlowRate(ratio, _) => 2 * seen.slow >= share(ratio) * seen.total,
        Condition::AvgLatency(threshold) => {
            u64::from(seen.slow) * SLOW.as_secs() >= threshold.as_secs() * u64::from(seen.total)
        }
        Condition::FailingFor(_) => seen.streak > 0 && seen.late,
        Condition::InFlight(_) => seen.crowded,
        Condition::Custom { .. } => seen.customs,
    }
}

/// Whether at least this many failures would be rare enough if half of the calls failed: (n + 1) times n over f,
/// divided by 2^n, is at most a half.
fn is_sure(failures: u32, total: u32) -> bool {
    let ways = (0..failures).fold(1, |ways, at| ways * (total - at) / (at + 1));
    2 * failures >= total && 2 * (total + 1) * ways <= 1 << total
}

/// Everything that can be seen through a window of each size; the last forgets nothing.
static SEEN: LazyLock<Vec<HashSet<Seen>>> = LazyLock::new(|| (0..=LONGEST).map(seen).collect());

/// Everything that can be seen after up to [`LONGEST`] calls, each good or failed, fast or slow.
fn seen(window: usize) -> HashSet<Seen> {
    let mut all = HashSet::new();
    for length in 0..=LONGEST as u32 {
        for history in 0..4_u32.pow(length) {
            let calls: Vec<_> = (0..length).map(|at| history / 4_u32.pow(at) % 4).collect();
            let failed = |call: &&u32| **call & 1 == 1;
            let remembered = &calls[calls.len().saturating_sub(window)..];
            for bits in 0..16 {
                let [half_open, customs, late, crowded] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
                all.insert(Seen {
                    half_open,
                    total: remembered.len() as u32,
                    failures: remembered.iter().filter(failed).count() as u32,
                    slow: remembered.iter().filter(|call| **call & 2 == 2).count() as u32,
                    streak: calls.iter().rev().take_while(failed).count() as u32,
                    customs,
                    late,
                    crowded,
                });
            }
        }
    }
    all
}

fn condition() -> impl Strategy<Value = Condition> {
    let value = |kind| match kind {
        Kind::Count => (1..5_u64).prop_map(Value::Number).boxed(),
        Kind::Concurrency => (2..4_u64).prop_map(Value::Number).boxed(),
        Kind::Ratio => prop_oneof![Just(Ratio::ONE), Just(Ratio::new(0.5))].prop_map(Value::Ratio).boxed(),
        Kind::Threshold => Just(Value::Duration(SLOW_FROM)).boxed(),
        Kind::Duration => Just(Value::Duration(SLOW)).boxed(),
        other => panic!("values for {other:?}"),
    };
    let sure = Just(SureRate::new(Ratio::new(0.5), Ratio::new(0.5)));
    let custom = Just(Condition::Custom { path: "custom", predicate: |_| false });
    prop_oneof![11 => words::condition(value, sure), 1 => custom]
}

fn tree() -> impl Strategy<Value = Tree> {
    condition().prop_map(Tree::Leaf).prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Tree::All),
            proptest::collection::vec(inner, 2..4).prop_map(Tree::Any),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn refusals_and_trial_lengths_agree_with_enumeration(tree in tree(), size in 1..4_usize) {
        let rule = tree.rule();
        let nodes = rule.nodes();
        let window = Window::count(size);
        // While closed, the window forgets; in a trial, nothing is forgotten.
        let everything = &SEEN[LONGEST];
        let closed: Vec<_> = SEEN[size].iter().filter(|seen| !seen.half_open).collect();
        let half_open: Vec<_> = everything.iter().filter(|seen| seen.half_open).collect();
        // The number of running calls is not evidence for a trial.
        let trial: Vec<_> = half_open.iter().copied().filter(|seen| !seen.crowded).collect();

        let mut flawed = false;
        let leaves = nodes.iter().enumerate().filter(|(_, node)| matches!(node, Node::Condition(_)));
        for (leaf, (at, _)) in leaves.enumerate() {
            let through = tree.through(leaf);
            let condition = tree.leaf(leaf);
            let never = !everything.iter().any(|seen| through.holds(seen));
            let beyond = !never
                && everything.iter().any(|seen| !seen.half_open && through.holds(seen))
                && !closed.iter().any(|seen| through.holds(seen))
                && !closed.iter().any(|seen| holds(condition, seen));
            let is_share = matches!(
                condition,
                Condition::FailureRate(_) | Condition::SlowRate(..) | Condition::AvgLatency(_)
            );
            let unguarded = is_share && everything.iter().any(|seen| {
                seen.total == 0 && !seen.customs && through.holds(seen)
            });
            let expected = match (never, beyond, unguarded) {
                (true, ..) => Some(Flaw::NeverHolds),
                (_, true, _) if matches!(condition, Condition::SureFailureRate(_)) => Some(Flaw::NeverSure),
                (_, true, _) => Some(Flaw::BeyondWindow),
                (.., true) => Some(Flaw::Unguarded),
                _ => None,
            };
            prop_assert_eq!(flaws::condition_flaw(nodes, at, &window), expected, "{} in {}", condition, rule);
            flawed |= expected.is_some();
        }

        let is_healthy = |seen: &Seen| seen.failures == 0 && seen.slow == 0 && seen.streak == 0 && !seen.customs && !seen.crowded;
        let trips_on_health = everything.iter().any(|seen| seen.total > 0 && is_healthy(seen) && tree.holds(seen));
        let trips_closed = closed.iter().any(|seen| seen.total > 0 && tree.holds(seen));
        let trips_half_open = half_open.iter().any(|seen| seen.total > 0 && tree.holds(seen));
        let trips_by_outcomes = trial.iter().any(|seen| seen.total > 0 && tree.holds(seen));
        if !flawed {
            // All calls fail, or all are slow, or both: while closed, a condition sees that and trips; in half-open,
            // none does.
            let leaves = (0..tree.leaves()).filter(|leaf| {
                let condition = tree.leaf(*leaf);
                !matches!(
                    condition,
                    Condition::Closed
                        | Condition::HalfOpen
                        | Condition::Min(_)
                        | Condition::InFlight(_)
                        | Condition::Custom { .. }
                )
            });
            let leaves: Vec<_> = leaves.collect();
            let misses = |failing: bool, slow: bool| {
                let alike = |seen: &&&Seen| {
                    seen.total > 0
                        && seen.failures == if failing { seen.total } else { 0 }
                        && seen.slow == if slow { seen.total } else { 0 }
                };
                let closed_trips = |leaf: &usize| closed.iter().filter(alike).any(|seen| tree.through(*leaf).holds(seen));
                leaves.iter().any(closed_trips) && !trial.iter().filter(alike).any(|seen| tree.holds(seen))
            };
            let expected = match (trips_on_health, trips_closed, trips_half_open) {
                (true, ..) => Some(Flaw::TripsOnHealth),
                (_, false, _) => Some(Flaw::NeverTripsClosed),
                (.., false) => Some(Flaw::NeverTripsHalfOpen),
                _ if !trips_by_outcomes => Some(Flaw::OnlyInFlight),
                _ if misses(true, false) || misses(true, true) => Some(Flaw::BlindToFailures),
                _ if misses(false, true) => Some(Flaw::BlindToSlowCalls),
                _ => None,
            };
            prop_assert_eq!(flaws::rule_flaw(nodes, &window), expected, "{}", rule);
        }

        // The alternative that takes longest to hold, through any of its conditions.
        let leaves = nodes.iter().filter(|node| matches!(node, Node::Condition(_))).count();
        let shortest = |leaf| {
            let through = tree.through(leaf);
            trial.iter().filter(|seen| seen.total > 0 && through.holds(seen)).map(|seen| seen.total).min()
        };
        let length = (0..leaves).filter_map(shortest).max();
        prop_assert_eq!(Plan::of(nodes).map(|plan| plan.length), length, "{}", rule);
    }
}
