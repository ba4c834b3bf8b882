//! What is wrong with values that are spelled correctly.
//!
//! Everything here is `const`. The functions named after what they check are called by macro expansions, for constants of the
//! user: they stop compilation with a message. For a single value, the macro has composed that message.
#![allow(
    clippy::missing_panics_doc,
    reason = "to stop the compiler is what the functions for constants are for"
)]

use core::time::Duration;

use crate::language::vocabulary::Kind;
use crate::logic::evaluate::{Situation, best, holds, holds_at, trial_length, worst};
use crate::model::metrics::{Metrics, Tally, nanos};
use crate::model::permit::Permit;
use crate::model::ratio::Ratio;
use crate::model::retry::{Retry, Schedule};
use crate::model::rule::{Condition, MAX_NODES, Node, Rule};
use crate::model::window::{Extent, Window};

/// The shortest bucket of a time window.
pub const MIN_BUCKET: Duration = Duration::from_micros(1);

/// A kind of mistake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// More nodes than a rule may have.
    TooLong,
    /// More different thresholds than a rule may have.
    TooManyThresholds,
    /// A condition or group that holds in no state.
    NeverHolds,
    /// A condition that asks for more calls than the window remembers.
    BeyondWindow,
    /// A rate or average that holds after the first bad call.
    Unguarded,
    /// A rule that holds even if all calls are good.
    TripsOnHealth,
    /// A rule that never holds while closed.
    NeverTripsClosed,
    /// A rule that never holds while half-open.
    NeverTripsHalfOpen,
    /// Buckets shorter than [`MIN_BUCKET`].
    ShortBuckets,
    /// A `max` shorter than the first delay.
    MaxBelowInitial,
    /// A ramp that goes down.
    FallingRamp,
}

impl Flaw {
    /// The message, without figures, because const evaluation cannot print them.
    pub const fn text(self) -> &'static str {
        match self {
            Self::TooLong => {
                "the rule is too long: it has more than 64 conditions and groups\n\
                 help: a `custom` condition can stand for many"
            }
            Self::TooManyThresholds => {
                "the rule has more than 4 different thresholds in `slow_rate`\n\
                 help: let conditions share a threshold"
            }
            Self::NeverHolds => {
                "this can never hold: no breaker is `closed` and `half_open` at once\n\
                 help: remove one of the two"
            }
            Self::BeyondWindow => {
                "this can never hold on a closed breaker: it asks for more calls than the window remembers\n\
                 help: ask for fewer, or take a window of more calls"
            }
            Self::Unguarded => {
                "this is not guarded by `min`: it trips on the first failed or slow call\n\
                 help: write `min(10) &` before it, or `min(1) &` if that is meant"
            }
            Self::TripsOnHealth => {
                "this rule trips on healthy traffic: it holds even when no call failed and none was slow\n\
                 help: add `& failure_rate(0.5)`"
            }
            Self::NeverTripsClosed => {
                "this rule can never trip a closed breaker\n\
                 help: add a branch for it: `| closed & min(10) & failure_rate(0.5)`"
            }
            Self::NeverTripsHalfOpen => {
                "this rule can never trip a half-open breaker, so its trial could never end\n\
                 help: add a branch for it: `| half_open & min(10) & failure_rate(0.5)`"
            }
            Self::ShortBuckets => {
                "the buckets of this window are too short: the shortest is 1us\n\
                 help: take fewer buckets, or a longer window"
            }
            Self::MaxBelowInitial => {
                "`max` is shorter than the first delay of this backoff\n\
                 help: take a longer `max`, or a shorter delay"
            }
            Self::FallingRamp => {
                "this ramp falls: its first share is greater than its last\n\
                 help: swap the two"
            }
        }
    }

    /// What is wrong, without the help.
    pub(crate) fn what(self) -> &'static str {
        self.text().lines().next().unwrap_or_default()
    }
}

/// The worst case of this many calls, for what the rule measures: all failed, all slow, at the end of the longest streak.
const fn worst_of(nodes: &[Node], calls: u64) -> Metrics {
    worst(&Metrics::new(Tally::EMPTY, u32::MAX, Rule::measures(nodes)), calls)
}

/// No calls at all. Every rate and average holds with them, since 0 of 0 reaches any share.
const fn nothing(nodes: &[Node]) -> Metrics {
    Metrics::new(Tally::EMPTY, 0, Rule::measures(nodes))
}

/// Whether the condition at `leaf` can contribute to a trip: whether the rule can hold by way of it.
const fn matters(nodes: &[Node], leaf: usize) -> bool {
    let worst = worst_of(nodes, u64::MAX);
    holds_at(nodes, 0, &Situation::worst(false, &worst), leaf)
        || holds_at(nodes, 0, &Situation::worst(true, &worst), leaf)
}

/// What is wrong with the condition at `leaf`, for a breaker with this window.
pub const fn condition_flaw(nodes: &[Node], leaf: usize, window: &Window) -> Option<Flaw> {
    let Node::Condition(condition) = nodes[leaf] else { return None };
    if !matters(nodes, leaf) {
        return Some(Flaw::NeverHolds);
    }
    let (full, endless) = (worst_of(nodes, window.size() as u64), worst_of(nodes, u64::MAX));
    let (full, endless) = (Situation::worst(false, &full), Situation::worst(false, &endless));
    if holds_at(nodes, 0, &endless, leaf)
        && !holds_at(nodes, 0, &full, leaf)
        && !holds_at(nodes, leaf, &full, leaf)
    {
        return Some(Flaw::BeyondWindow);
    }
    let is_share =
        matches!(condition, Condition::FailureRate(_) | Condition::SlowRate(..) | Condition::AvgLatency(_));
    let nothing = nothing(nodes);
    if is_share
        && (holds_at(nodes, 0, &Situation::best(false, &nothing), leaf)
            || holds_at(nodes, 0, &Situation::best(true, &nothing), leaf))
    {
        return Some(Flaw::Unguarded);
    }
    None
}

/// Whether every condition in the subtree at `node` [never holds](Flaw::NeverHolds).
pub(crate) fn is_dead(nodes: &[Node], node: usize) -> bool {
    let end = node + nodes[node].size();
    (node..end).all(|at| !matches!(nodes[at], Node::Condition(_)) || !matters(nodes, at))
}

/// Whether the subtree at `node` holds even if all calls are good.
pub(crate) const fn trips_on_health(nodes: &[Node], node: usize) -> bool {
    let healthy = best(&nothing(nodes), u64::MAX);
    holds_at(nodes, node, &Situation::best(false, &healthy), usize::MAX)
        || holds_at(nodes, node, &Situation::best(true, &healthy), usize::MAX)
}

/// What is wrong with the rule's size, which rules out checking its parts.
pub const fn size_flaw(nodes: &[Node]) -> Option<Flaw> {
    if nodes.len() > MAX_NODES {
        return Some(Flaw::TooLong);
    }
    let measures = Rule::measures(nodes);
    let mut at = 0;
    while at < nodes.len() {
        if let Node::Condition(Condition::SlowRate(_, threshold)) = nodes[at]
            && measures.threshold(nanos(threshold)).is_none()
        {
            return Some(Flaw::TooManyThresholds);
        }
        at += 1;
    }
    None
}

/// What is wrong with the rule as a whole, if its conditions are right.
pub const fn rule_flaw(nodes: &[Node], window: &Window) -> Option<Flaw> {
    if trips_on_health(nodes, 0) {
        Some(Flaw::TripsOnHealth)
    } else if !holds(nodes, &Situation::worst(false, &worst_of(nodes, window.size() as u64))) {
        Some(Flaw::NeverTripsClosed)
    } else if trial_length(nodes).is_none() {
        Some(Flaw::NeverTripsHalfOpen)
    } else {
        None
    }
}

/// What is wrong with a window whose values are in range.
pub const fn window_flaw(window: &Window) -> Option<Flaw> {
    match window.extent {
        Extent::Time(_) if window.bucket_nanos() < nanos(MIN_BUCKET) => Some(Flaw::ShortBuckets),
        _ => None,
    }
}

/// What is wrong with a retry.
pub const fn retry_flaw(retry: &Retry) -> Option<Flaw> {
    match (retry.schedule, retry.max) {
        (Schedule::Backoff(initial), Some(max)) if nanos(max) < nanos(initial) => Some(Flaw::MaxBelowInitial),
        _ => None,
    }
}

/// What is wrong with a permit.
pub const fn permit_flaw(permit: &Permit) -> Option<Flaw> {
    match *permit {
        Permit::RampUp { from, to, .. } if from.parts_per_billion() > to.parts_per_billion() => {
            Some(Flaw::FallingRamp)
        }
        _ => None,
    }
}

/// Whether the values in a condition are in range.
const fn is_in_range(condition: Condition) -> bool {
    match condition {
        Condition::Closed | Condition::HalfOpen | Condition::Custom { .. } => true,
        Condition::Min(count) | Condition::Failures(count) | Condition::FailureStreak(count) => count > 0,
        Condition::FailureRate(ratio) => ratio.is_valid(),
        Condition::SlowRate(ratio, threshold) => ratio.is_valid() && is_duration(threshold),
        Condition::AvgLatency(threshold) => is_duration(threshold),
    }
}

const fn is_duration(duration: Duration) -> bool {
    let nanos = duration.as_nanos();
    nanos > 0 && nanos <= u64::MAX as u128
}

const fn is_size(size: usize) -> bool {
    size > 0 && size as u64 <= Kind::Size.greatest()
}

const fn is_bucket_count(buckets: usize) -> bool {
    buckets > 0 && buckets as u64 <= Kind::Buckets.greatest()
}

const fn is_window(window: &Window) -> bool {
    match window.extent {
        Extent::Count(size) => is_size(size),
        Extent::Time(duration) => is_duration(duration) && is_bucket_count(window.bucket_count()),
    }
}

/// Stops compilation.
#[track_caller]
const fn refuse(flaw: Option<Flaw>) {
    if let Some(flaw) = flaw {
        panic!("{}", flaw.text());
    }
}

/// Whether each value in the rule and the window is in range. If not, another check refuses it.
const fn is_sound(nodes: &[Node], window: &Window) -> bool {
    let mut at = 0;
    while at < nodes.len() {
        if let Node::Condition(condition) = nodes[at]
            && !is_in_range(condition)
        {
            return false;
        }
        at += 1;
    }
    is_window(window)
}

/// Refuses the condition at `leaf` if it is wrong.
#[track_caller]
pub const fn condition(nodes: &[Node], leaf: usize, window: &Window) {
    if is_sound(nodes, window) && size_flaw(nodes).is_none() {
        refuse(condition_flaw(nodes, leaf, window));
    }
}

/// Refuses a rule that is wrong as a whole, unless one of its conditions is refused already.
#[track_caller]
pub const fn rule(nodes: &[Node], window: &Window) {
    if !is_sound(nodes, window) {
        return;
    }
    refuse(size_flaw(nodes));
    let mut at = 0;
    while at < nodes.len() {
        if condition_flaw(nodes, at, window).is_some() {
            return;
        }
        at += 1;
    }
    refuse(rule_flaw(nodes, window));
}

/// Refuses a wrong window, unless one of its values is refused already.
#[track_caller]
pub const fn window(window: &Window) {
    if is_window(window) {
        refuse(window_flaw(window));
    }
}

/// Refuses a retry.
#[track_caller]
pub const fn retry(retry: &Retry) {
    refuse(retry_flaw(retry));
}

/// Refuses a permit.
#[track_caller]
pub const fn permit(permit: &Permit) {
    refuse(permit_flaw(permit));
}

/// What is said of a name that is none.
pub const EMPTY_NAME: &str = "a breaker's name is a string that is not empty";

/// Refuses a name.
#[track_caller]
pub const fn name(name: &str) {
    assert!(!name.is_empty(), "{}", EMPTY_NAME);
}

/// Refuses a number of calls.
#[track_caller]
pub const fn count(count: u32, message: &str) {
    assert!(count > 0, "{}", message);
}

/// Refuses a size of a window.
#[track_caller]
pub const fn size(size: usize, message: &str) {
    assert!(is_size(size), "{}", message);
}

/// Refuses a number of buckets.
#[track_caller]
pub const fn buckets(buckets: usize, message: &str) {
    assert!(is_bucket_count(buckets), "{}", message);
}

/// Refuses a ratio.
#[track_caller]
pub const fn ratio(ratio: f64, message: &str) {
    assert!(Ratio::new(ratio).is_valid(), "{}", message);
}

/// Refuses a jitter.
#[track_caller]
pub const fn jitter(share: f64, message: &str) {
    assert!(Ratio::new(share).is_part(), "{}", message);
}

/// Refuses a duration.
#[track_caller]
pub const fn duration(duration: Duration, message: &str) {
    assert!(is_duration(duration), "{}", message);
}

/// Refuses a multiplier.
#[track_caller]
pub const fn multiplier(multiplier: f64, message: &str) {
    assert!(multiplier >= 1.0 && multiplier.is_finite(), "{}", message);
}
