//! The nearest rule within bounds: the same conditions with other numbers.

use crate::figures::bounds::{false_alarm, oversight};
use crate::figures::thresholds::UnknownPart;
use crate::logic::evaluate::{contains, possible_ways};
use crate::logic::flaws;
use crate::model::limits::MAX_WINDOW_SIZE;
use crate::model::ratio::Ratio;
use crate::model::rule::{Condition, Node};
use crate::model::sure_rate::SureRate;
use crate::model::window::{Extent, Window};

/// What a user expects of the dependency.
#[derive(Clone, Copy, Default, Debug)]
pub struct Expectations {
    /// The share of calls that fails when all is well.
    pub normal: Option<Ratio>,
    /// The share of calls that fails in an outage, which the rule must notice.
    pub outage: Option<Ratio>,
}

impl Expectations {
    /// Whether a rule meets them.
    pub(crate) fn are_met(&self, nodes: &[Node], window: &Window) -> bool {
        flaws::is_valid_rule(nodes, window)
            && self.normal.is_none_or(|share| false_alarm(nodes, window, share.as_f64()).is_none())
            && self
                .outage
                .is_none_or(|share| oversight(nodes, window, share.as_f64(), UnknownPart::Holds).is_none())
    }
}

/// The numbers of one kind in a rule, all changed together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Min,
    /// Confidence in percent up to 99; each step beyond adds one more nine.
    Sure,
    /// In percent.
    Rate,
    Failures,
    Streak,
}

/// In the order in which they are changed.
const KINDS: [Quantity; 5] =
    [Quantity::Min, Quantity::Sure, Quantity::Rate, Quantity::Failures, Quantity::Streak];

/// 99.9999999%, the most that parts per billion can express.
const SUREST: u64 = 106;

impl Quantity {
    fn number(self, node: &Node) -> Option<u64> {
        match (self, node) {
            (Self::Min, Node::Condition(Condition::Min(count)))
            | (Self::Failures, Node::Condition(Condition::Failures(count)))
            | (Self::Streak, Node::Condition(Condition::FailureStreak(count))) => Some(u64::from(*count)),
            (Self::Rate, Node::Condition(Condition::FailureRate(ratio))) => {
                Some((ratio.as_f64() * 100.0).floor() as u64)
            }
            (Self::Sure, Node::Condition(Condition::SureFailureRate(rate))) => {
                let is_more = |number: &u64| confidence(*number) > rate.sure();
                Some((0..=SUREST).find(is_more).map_or(SUREST, |more| more.saturating_sub(1)))
            }
            _ => None,
        }
    }

    /// The highest sensible number for this rule.
    fn greatest(self, nodes: &[Node], window: &Window) -> u64 {
        match self {
            // A higher confidence may need more calls than the window remembers.
            Self::Sure => {
                let is_valid = |sure: &u64| flaws::is_valid_rule(&raised(nodes, self, *sure), window);
                (0..=SUREST).rev().find(is_valid).unwrap_or(0)
            }
            // In a time window, enough calls reach any number.
            Self::Failures if matches!(window.extent, Extent::Time(_)) => 0,
            Self::Min | Self::Failures => window.size().min(MAX_WINDOW_SIZE) as u64,
            Self::Rate => 100,
            // A longer streak would practically never occur.
            Self::Streak => 1_000,
        }
    }

    /// The node with another number of this kind.
    fn change(self, node: &Node, number: u64) -> Node {
        let count = u32::try_from(number).unwrap_or(u32::MAX);
        let share = Ratio::from_parts_per_billion(i64::from(count) * 10_000_000);
        match (self, node) {
            (Self::Min, _) => Node::Condition(Condition::Min(count)),
            (Self::Failures, _) => Node::Condition(Condition::Failures(count)),
            (Self::Streak, _) => Node::Condition(Condition::FailureStreak(count)),
            (Self::Rate, _) => Node::Condition(Condition::FailureRate(share)),
            (Self::Sure, Node::Condition(Condition::SureFailureRate(rate))) => {
                Node::Condition(Condition::SureFailureRate(SureRate::new(rate.share(), confidence(number))))
            }
            (Self::Sure, other) => *other,
        }
    }
}

/// 95% for 95, 99.9% for 100, 99.99% for 101.
fn confidence(number: u64) -> Ratio {
    let parts = match u32::try_from(number).unwrap_or(u32::MAX) {
        percent @ 0..=99 => i64::from(percent) * 10_000_000,
        nines => 1_000_000_000 - 1_000_000 / 10_i64.saturating_pow(nines - 100).min(1_000_000),
    };
    Ratio::from_parts_per_billion(parts)
}

/// The nearest rule that does not open healthy breakers too often: with a larger `min`, or, only if no `min` is enough,
/// a higher share or count. If an outage must be noticed, it still is. The rule itself if it meets the expectations, and
/// `None` if no such rule does.
pub(crate) fn nearest(nodes: &[Node], window: &Window, expectations: Expectations) -> Option<Vec<Node>> {
    if expectations.are_met(nodes, window) {
        return Some(nodes.to_vec());
    }
    let is_slow = expectations
        .outage
        .is_some_and(|share| oversight(nodes, window, share.as_f64(), UnknownPart::Holds).is_some());
    if is_slow { quicker(nodes, window, expectations) } else { calmer(nodes, window, expectations) }
}

/// The nearest rule whose numbers are no smaller.
fn calmer(nodes: &[Node], window: &Window, expectations: Expectations) -> Option<Vec<Node>> {
    let normal = Expectations { outage: None, ..expectations };
    // Starts with all numbers as high as possible, then lowers each kind as far as the others allow, the preferred
    // kinds last.
    let mut rule = nodes.to_vec();
    for kind in KINDS {
        rule = raised(&rule, kind, kind.greatest(nodes, window));
    }
    if !normal.are_met(&rule, window) {
        return None;
    }
    for kind in KINDS.into_iter().rev() {
        let with = |number| raised_from(nodes, &rule, kind, number);
        let greatest = kind.greatest(nodes, window);
        let first = nodes.iter().filter_map(|node| kind.number(node)).min().unwrap_or(greatest);
        let number = least(first.min(greatest), greatest, |number| normal.are_met(&with(number), window));
        rule = with(number);
    }
    Some(rule).filter(|rule| expectations.are_met(rule, window))
}

/// The nearest rule with a lower share, or else a lower count.
fn quicker(nodes: &[Node], window: &Window, expectations: Expectations) -> Option<Vec<Node>> {
    for kind in [Quantity::Rate, Quantity::Failures, Quantity::Streak] {
        let numbers = nodes.iter().filter_map(|node| kind.number(node));
        let Some(greatest) = numbers.max() else { continue };
        let outage = Expectations { normal: None, ..expectations };
        let with = |less: u64| lowered(nodes, kind, greatest.saturating_sub(less).max(1));
        let less = least(0, greatest, |less| outage.are_met(&with(less), window));
        let rule = with(less);
        if expectations.are_met(&rule, window) {
            return Some(rule);
        }
        // A larger `min` may make up for it.
        if let Some(rule) = calmer(&rule, window, expectations) {
            return Some(rule);
        }
    }
    None
}

/// The least number from `low` to `high` that satisfies `is_true`, which must also hold for all greater ones; otherwise
/// `high`. Searches from below, where numbers are quicker to check.
fn least(mut low: u64, mut high: u64, is_true: impl Fn(u64) -> bool) -> u64 {
    let mut step = 1;
    while low < high {
        let next = (low + step).min(low + (high - low) / 2);
        if is_true(next) {
            (high, step) = (next, 1);
        } else {
            (low, step) = (next + 1, step * 2);
        }
    }
    high
}

/// The rule with each number of this kind that can trip a closed breaker raised to at least `number`.
fn raised(nodes: &[Node], kind: Quantity, number: u64) -> Vec<Node> {
    changed(nodes, kind, |old| (old < number).then_some(number))
}

/// `rule`, made from `nodes`, with the numbers of this kind as in `nodes`, or raised to at least `number`.
fn raised_from(nodes: &[Node], rule: &[Node], kind: Quantity, number: u64) -> Vec<Node> {
    let raised = raised(nodes, kind, number);
    let is_kind = |node: &Node| kind.number(node).is_some();
    raised.iter().zip(rule).map(|(raised, other)| if is_kind(raised) { *raised } else { *other }).collect()
}

/// The rule with each number of this kind lowered to at most `number`.
fn lowered(nodes: &[Node], kind: Quantity, number: u64) -> Vec<Node> {
    changed(nodes, kind, |old| (old > number).then_some(number))
}

fn changed(nodes: &[Node], kind: Quantity, change: impl Fn(u64) -> Option<u64>) -> Vec<Node> {
    let ways = possible_ways(nodes, false);
    let changed = |(at, node): (usize, &Node)| {
        let number = kind.number(node).filter(|_| contains(ways, at)).and_then(&change);
        number.map_or(*node, |number| kind.change(node, number))
    };
    nodes.iter().enumerate().map(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::{Expectations, nearest};
    use crate::model::ratio::Ratio;
    use crate::model::rule::Rule;
    use crate::model::window::Window;

    fn nearest_to(text: &str, window: &str, normal: f64, outage: Option<f64>) -> String {
        let rule: Rule = text.parse().unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        let window: Window = window.parse().unwrap_or_else(|problem| panic!("{window}: {problem:?}"));
        let expectations = Expectations { normal: Some(Ratio::new(normal)), outage: outage.map(Ratio::new) };
        match nearest(rule.nodes(), &window, expectations) {
            Some(nodes) => {
                assert!(expectations.are_met(&nodes, &window), "{text}");
                let is_right = expectations.are_met(rule.nodes(), &window);
                assert_eq!(nodes == rule.nodes(), is_right, "{text}");
                if is_right { "right".to_owned() } else { Rule::from_nodes(nodes).to_string() }
            }
            None => "none".to_owned(),
        }
    }

    #[test]
    fn a_larger_min_is_tried_before_a_higher_rate() {
        let (hundred, minute) = ("count(100)", "time(60s)");
        for (text, window, normal, outage, expected) in [
            ("min(10) & failure_rate(0.5)", hundred, 0.05, None, "right"),
            ("min(10) & failure_rate(0.5)", hundred, 0.2, None, "min(25) & failure_rate(0.5)"),
            ("min(20) & failure_rate(0.3)", hundred, 0.2, None, "min(51) & failure_rate(0.4)"),
            ("failures(5)", hundred, 0.05, None, "failures(17)"),
            ("failure_streak(3)", hundred, 0.05, None, "failure_streak(5)"),
            (
                "min(10) & failure_rate(0.5) | failure_streak(3)",
                hundred,
                0.1,
                None,
                "min(11) & failure_rate(0.5) | failure_streak(6)",
            ),
            ("min(10) & failure_rate(0.5)", "count(10)", 0.1, None, "min(10) & failure_rate(0.71)"),
            ("min(10) & failure_rate(0.5)", minute, 0.1, None, "min(21) & failure_rate(0.5)"),
            ("failures(5)", minute, 0.1, None, "none"),
            ("min(10) & failure_rate(0.5)", hundred, 0.05, Some(0.5), "min(11) & failure_rate(0.38)"),
            ("min(10) & failure_rate(0.5)", hundred, 0.2, Some(0.3), "none"),
            ("min(10) & failure_rate(0.5)", minute, 0.05, Some(0.8), "min(16) & failure_rate(0.45)"),
            ("failure_streak(5)", hundred, 0.001, Some(0.5), "failure_streak(3)"),
            (
                "closed & min(10) & failure_rate(0.5) | half_open & min(4) & failure_rate(0.5)",
                hundred,
                0.2,
                None,
                "closed & min(25) & failure_rate(0.5) | half_open & min(4) & failure_rate(0.5)",
            ),
        ] {
            assert_eq!(
                nearest_to(text, window, normal, outage),
                expected,
                "{text} with {window} at {normal}, {outage:?}"
            );
        }
    }
}
