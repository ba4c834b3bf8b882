//! A rule as flat data.

use core::fmt;
use core::ops::{BitAnd, BitOr, Range};
use core::time::Duration;
use std::borrow::Cow;

pub use crate::model::condition::Condition;
use crate::model::limits::{MAX_NODES, MAX_THRESHOLDS};
use crate::model::metrics::{Measures, Metrics, nanos};
use crate::model::ratio::Ratio;
use crate::model::sure_rate::SureRate;

/// One node of a rule. A rule lists its nodes in written order, a group before its members.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Node {
    /// A condition.
    Condition(Condition),
    /// A group whose members must all hold. This many nodes follow it: the members and their descendants.
    All(usize),
    /// A group of which at least one member must hold. This many nodes follow it: the members and their descendants.
    Any(usize),
}

impl Node {
    /// The number of nodes in the subtree, this one included.
    pub const fn size(&self) -> usize {
        match self {
            Self::Condition(_) => 1,
            Self::All(members) | Self::Any(members) => 1 + *members,
        }
    }
}

/// The subtree at an index.
pub(crate) fn subtree(nodes: &[Node], at: usize) -> Range<usize> {
    at..at + nodes[at].size()
}

/// The direct members of the group at an index.
pub(crate) fn members(nodes: &[Node], group: usize) -> impl Iterator<Item = usize> {
    let end = subtree(nodes, group).end;
    let first = Some(group + 1).filter(|first| *first < end);
    core::iter::successors(first, move |member| Some(subtree(nodes, *member).end).filter(|next| *next < end))
}

/// The words of a rule, each as a function of that name, for the expansions of macros.
#[allow(missing_docs, reason = "each is the condition of its name")]
impl Node {
    pub const fn closed() -> Self {
        Self::Condition(Condition::Closed)
    }

    pub const fn half_open() -> Self {
        Self::Condition(Condition::HalfOpen)
    }

    pub const fn min(count: u32) -> Self {
        Self::Condition(Condition::Min(count))
    }

    pub const fn failure_rate(ratio: f64) -> Self {
        Self::Condition(Condition::FailureRate(Ratio::new(ratio)))
    }

    /// The same, but a `failure_rate` has to be exceeded beyond what chance explains. Other conditions stay as they
    /// are.
    #[must_use]
    pub const fn sure(self, level: f64) -> Self {
        let level = Ratio::new(level);
        let rate = match self {
            Self::Condition(Condition::FailureRate(share)) => SureRate::new(share, level),
            Self::Condition(Condition::SureFailureRate(rate)) => rate.with_confidence(level),
            other => return other,
        };
        Self::Condition(Condition::SureFailureRate(rate))
    }

    pub const fn failures(count: u32) -> Self {
        Self::Condition(Condition::Failures(count))
    }

    pub const fn failure_streak(count: u32) -> Self {
        Self::Condition(Condition::FailureStreak(count))
    }

    pub const fn slow_rate(ratio: f64, threshold: Duration) -> Self {
        Self::Condition(Condition::SlowRate(Ratio::new(ratio), threshold))
    }

    pub const fn avg_latency(threshold: Duration) -> Self {
        Self::Condition(Condition::AvgLatency(threshold))
    }

    pub const fn failing_for(duration: Duration) -> Self {
        Self::Condition(Condition::FailingFor(duration))
    }

    pub const fn in_flight(count: u32) -> Self {
        Self::Condition(Condition::InFlight(count))
    }

    pub const fn custom(path: &'static str, predicate: fn(&Metrics) -> bool) -> Self {
        Self::Condition(Condition::Custom { path, predicate })
    }
}

/// When a breaker trips: conditions joined by `&` and `|`.
///
/// Built by the functions of the module `trip`; prints as the attribute would spell it, and can be parsed from that.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule(Cow<'static, [Node]>);

impl Rule {
    /// From nodes that a macro or [`crate::reading::read`] has put in order.
    #[doc(hidden)]
    pub const fn from_static(nodes: &'static [Node]) -> Self {
        Self(Cow::Borrowed(nodes))
    }

    /// From nodes in order.
    #[doc(hidden)]
    pub fn from_nodes(nodes: Vec<Node>) -> Self {
        Self(Cow::Owned(nodes))
    }

    /// A rule of one condition.
    #[doc(hidden)]
    pub fn from_condition(condition: Condition) -> Self {
        Self::from_nodes(vec![Node::Condition(condition)])
    }

    /// The nodes in order, a group before its members.
    #[doc(hidden)]
    pub const fn nodes(&self) -> &[Node] {
        match &self.0 {
            Cow::Borrowed(nodes) => nodes,
            Cow::Owned(nodes) => nodes.as_slice(),
        }
    }

    /// Requires each `failure_rate` of the rule to be exceeded beyond what chance explains: for calls that fail at no
    /// more than that rate, the chance that it ever holds is at most `1 - level`, however often it is checked while the
    /// window or a trial fills. `level` is from 0.5 to below 1. No `min` is needed.
    ///
    /// A rule without a `failure_rate` has nothing to be sure of, so it is refused.
    ///
    /// ```
    /// use fluxgate_rules::Rule;
    ///
    /// let rule: Rule = "failure_rate(50%, sure = 95%)".parse()?;
    /// assert_eq!(rule.to_string(), "failure_rate(0.5, sure = 0.95)");
    /// # Ok::<(), fluxgate_rules::ConfigError>(())
    /// ```
    #[must_use]
    pub fn sure(self, level: f64) -> Self {
        let has_rate = self.nodes().iter().any(|node| {
            matches!(node, Node::Condition(Condition::FailureRate(_) | Condition::SureFailureRate(_)))
        });
        if !has_rate {
            let rate = SureRate::without_share(Ratio::new(level));
            return self & Self::from_condition(Condition::SureFailureRate(rate));
        }
        Self::from_nodes(self.nodes().iter().map(|node| node.sure(level)).collect())
    }

    /// The nodes of `closed & min(C) & failure_rate(0.5) | half_open & min(H) & failure_rate(0.5)`, where C is 100 and H is 10, each
    /// capped at the window's size.
    #[doc(hidden)]
    pub const fn standard(window_size: usize) -> [Node; 9] {
        const HALF: Node =
            Node::Condition(Condition::FailureRate(Ratio::from_parts_per_billion(500_000_000)));
        const fn min(count: usize, window_size: usize) -> Node {
            let count = if window_size == 0 {
                1 // A window of no calls is refused; that is no reason to report the rule as well.
            } else if window_size < count {
                window_size
            } else {
                count
            };
            Node::Condition(Condition::Min(count as u32))
        }
        [
            Node::Any(8),
            Node::All(3),
            Node::Condition(Condition::Closed),
            min(100, window_size),
            HALF,
            Node::All(3),
            Node::Condition(Condition::HalfOpen),
            min(10, window_size),
            HALF,
        ]
    }

    /// The same as a [`Rule`].
    #[doc(hidden)]
    pub fn standard_for(window_size: usize) -> Self {
        static OF_LARGE_WINDOWS: [Node; 9] = Rule::standard(usize::MAX);
        let nodes = Self::standard(window_size);
        if nodes == OF_LARGE_WINDOWS {
            Self::from_static(&OF_LARGE_WINDOWS)
        } else {
            Self::from_nodes(nodes.to_vec())
        }
    }

    /// Joins two rules, merging groups of the same kind: `a & (b & c)` becomes `a & b & c`.
    fn join(self, other: &Self, group: fn(usize) -> Node) -> Self {
        let is_same = |rule: &Self| {
            matches!(
                (rule.nodes().first(), group(0)),
                (Some(Node::All(_)), Node::All(_)) | (Some(Node::Any(_)), Node::Any(_))
            )
        };
        let (is_merged, is_other_merged) = (is_same(&self), is_same(other));
        let mut nodes = self.0.into_owned();
        // Reserves exactly, because each breaker keeps its rule.
        nodes.reserve_exact(usize::from(!is_merged) + other.nodes().len() - usize::from(is_other_merged));
        if !is_merged {
            nodes.insert(0, group(0));
        }
        nodes.extend_from_slice(&other.nodes()[usize::from(is_other_merged)..]);
        nodes[0] = group(nodes.len() - 1);
        Self::from_nodes(nodes)
    }

    /// What the rule needs to know about each call. Thresholds beyond [`MAX_THRESHOLDS`] are left out; a checked rule
    /// has none.
    #[doc(hidden)]
    pub const fn measures(nodes: &[Node]) -> Measures {
        let mut measures = Measures::NONE;
        let mut known = 0;
        let mut at = 0;
        while at < nodes.len() {
            let node = nodes[at];
            at += 1;
            let Node::Condition(condition) = node else { continue };
            if let Some(threshold) = condition.counts_slow_from() {
                let nanos = nanos(threshold);
                if measures.threshold(nanos).is_none() && known < MAX_THRESHOLDS {
                    // In order of length, so that rules that name the same durations measure the same.
                    let mut place = known;
                    while place > 0 && measures.thresholds[place - 1] > nanos {
                        measures.thresholds[place] = measures.thresholds[place - 1];
                        place -= 1;
                    }
                    measures.thresholds[place] = nanos;
                    known += 1;
                }
            }
            match condition {
                Condition::AvgLatency(_) | Condition::Custom { .. } => measures.average = true,
                Condition::FailingFor(_) => measures.recency = true,
                Condition::InFlight(_) => measures.in_flight = true,
                Condition::Closed
                | Condition::HalfOpen
                | Condition::Min(_)
                | Condition::FailureRate(_)
                | Condition::SureFailureRate(_)
                | Condition::Failures(_)
                | Condition::FailureStreak(_)
                | Condition::SlowRate(..) => {}
            }
        }
        let Measures { thresholds, average, recency, in_flight, .. } = measures;
        Measures::new(thresholds, average).with_recency(recency).with_in_flight(in_flight)
    }

    /// Whether the rule has a `custom` condition.
    #[doc(hidden)]
    pub const fn asks_custom(nodes: &[Node]) -> bool {
        let mut at = 0;
        while at < nodes.len() {
            if matches!(nodes[at], Node::Condition(Condition::Custom { .. })) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// The lowest `in_flight` of the rule; `u32::MAX` if it has none.
    #[doc(hidden)]
    pub const fn least_in_flight(nodes: &[Node]) -> u32 {
        let mut least = u32::MAX;
        let mut at = 0;
        while at < nodes.len() {
            if let Node::Condition(Condition::InFlight(count)) = nodes[at]
                && count < least
            {
                least = count;
            }
            at += 1;
        }
        least
    }

    /// The largest `min` of the rule; 0 if it has none.
    #[doc(hidden)]
    pub const fn largest_min(nodes: &[Node]) -> u32 {
        let mut largest = 0;
        let mut at = 0;
        while at < nodes.len() {
            if let Node::Condition(Condition::Min(count)) = nodes[at]
                && count > largest
            {
                largest = count;
            }
            at += 1;
        }
        largest
    }
}

/// Both must hold.
impl BitAnd for Rule {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.join(&other, Node::All)
    }
}

/// Either must hold.
impl BitOr for Rule {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.join(&other, Node::Any)
    }
}

/// As the attribute would spell it.
impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nodes().len() > MAX_NODES {
            // Printing a deep rule would overflow the stack.
            return write!(formatter, "a rule of {} conditions and groups", self.nodes().len());
        }
        let condition = |at: usize| match self.nodes()[at] {
            Node::Condition(condition) => condition.to_string(),
            Node::All(_) | Node::Any(_) => String::new(),
        };
        formatter.write_str(&spell(self.nodes(), &condition))
    }
}

/// Spells a rule's nodes; `condition` spells the conditions among them.
pub(crate) fn spell(nodes: &[Node], condition: &dyn Fn(usize) -> String) -> String {
    let mut text = String::new();
    if !nodes.is_empty() {
        print(nodes, 0, false, condition, &mut text);
    }
    text
}

/// Prints the node at `at`. `&` binds tighter than `|`, so only a `|`-group within a `&`-group needs parentheses.
fn print(
    nodes: &[Node],
    at: usize,
    within_all: bool,
    condition: &dyn Fn(usize) -> String,
    text: &mut String,
) {
    let (operator, parentheses) = match nodes[at] {
        Node::Condition(_) => return text.push_str(&condition(at)),
        Node::All(_) => (" & ", false),
        Node::Any(_) => (" | ", within_all),
    };
    if parentheses {
        text.push('(');
    }
    for member in members(nodes, at) {
        if member > at + 1 {
            text.push_str(operator);
        }
        print(nodes, member, operator == " & ", condition, text);
    }
    if parentheses {
        text.push(')');
    }
}
