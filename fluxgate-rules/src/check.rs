//! What is wrong with values that are well spelled.
//!
//! Everything here is `const`. The functions that return what they were given stand around constants in what the macros
//! write, and stop the compiler with a message where the value is refused.

use core::time::Duration;

use crate::evaluate::{Customs, Situation, holds, holds_at, trial_length};
use crate::metrics::{Metrics, Tally, nanos};
use crate::permit::Permit;
use crate::ratio::Ratio;
use crate::retry::{Retry, Schedule};
use crate::rule::{Condition, MAX_NODES, Node, Rule};
use crate::vocabulary::Kind;
use crate::window::{Extent, Window};

/// The shortest bucket of a time window.
pub const MIN_BUCKET: Duration = Duration::from_micros(1);

/// What is wrong.
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
    /// A rate or average that holds of the first bad call.
    Unguarded,
    /// A rule that holds of calls that are all good.
    TripsOnHealth,
    /// A rule that never holds while closed.
    NeverTripsClosed,
    /// A rule that never holds while half-open.
    NeverTripsHalfOpen,
    /// Buckets shorter than [`MIN_BUCKET`].
    ShortBuckets,
    /// A `max` shorter than the first delay.
    MaxBelowInitial,
    /// A ramp that falls.
    FallingRamp,
}

impl Flaw {
    /// The message, without figures, which const evaluation cannot print.
    pub const fn text(self) -> &'static str {
        match self {
            Self::TooLong => "the rule is too long: 64 conditions and groups are allowed",
            Self::TooManyThresholds => {
                "the rule has more than 4 different thresholds in `slow_rate`: each call would be compared with all of them"
            }
            Self::NeverHolds => {
                "a condition of this rule can never hold: no breaker is `closed` and `half_open` at once"
            }
            Self::BeyondWindow => {
                "a condition of this rule can never hold on a closed breaker: it asks for more calls than the window remembers"
            }
            Self::Unguarded => {
                "a rate or average in this rule is not guarded by `min`: it would trip on the first failed or slow call"
            }
            Self::TripsOnHealth => {
                "the rule trips on healthy traffic: it holds although no call failed and none was slow"
            }
            Self::NeverTripsClosed => "the rule can never trip a closed breaker",
            Self::NeverTripsHalfOpen => {
                "the rule can never trip a half-open breaker, so that its trial could never end"
            }
            Self::ShortBuckets => "the buckets of this window are too short: a bucket is at least 1us long",
            Self::MaxBelowInitial => "`max` is shorter than the first delay of this backoff",
            Self::FallingRamp => "this ramp falls: its first share is greater than its last",
        }
    }
}

/// What is worst of so many calls, in a rule's own measures: all failed, all slow, and before them as many others.
const fn worst(nodes: &[Node], half_open: bool, calls: u64) -> Situation {
    let none = Metrics::new(Tally::EMPTY, u32::MAX, Rule::measures(nodes));
    Situation::worst(half_open, &none, calls)
}

/// No call at all, of which every rate and average holds, since nothing of nothing is any share.
const fn nothing(nodes: &[Node], half_open: bool) -> Situation {
    let metrics = Metrics::new(Tally::EMPTY, 0, Rule::measures(nodes));
    Situation { half_open, metrics, customs: Customs::NONE }
}

/// Whether the condition at `leaf` can have a part in tripping: whether the rule can hold by way of it.
const fn matters(nodes: &[Node], leaf: usize) -> bool {
    holds_at(nodes, 0, &worst(nodes, false, u64::MAX), leaf)
        || holds_at(nodes, 0, &worst(nodes, true, u64::MAX), leaf)
}

/// What is wrong with the condition at `leaf`, a breaker having this window.
pub const fn condition(nodes: &[Node], leaf: usize, window: &Window) -> Option<Flaw> {
    let Node::Condition(condition) = nodes[leaf] else { return None };
    if !matters(nodes, leaf) {
        return Some(Flaw::NeverHolds);
    }
    let full = worst(nodes, false, window.size() as u64);
    if holds_at(nodes, 0, &worst(nodes, false, u64::MAX), leaf)
        && !holds_at(nodes, 0, &full, leaf)
        && !holds_at(nodes, leaf, &full, leaf)
    {
        return Some(Flaw::BeyondWindow);
    }
    let is_share =
        matches!(condition, Condition::FailureRate(_) | Condition::SlowRate(..) | Condition::AvgLatency(_));
    if is_share
        && (holds_at(nodes, 0, &nothing(nodes, false), leaf)
            || holds_at(nodes, 0, &nothing(nodes, true), leaf))
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

/// Whether the subtree at `node` holds although all calls are good.
pub(crate) const fn trips_on_health(nodes: &[Node], node: usize) -> bool {
    let empty = Metrics::new(Tally::EMPTY, 0, Rule::measures(nodes));
    holds_at(nodes, node, &Situation::best(false, &empty, u64::MAX), usize::MAX)
        || holds_at(nodes, node, &Situation::best(true, &empty, u64::MAX), usize::MAX)
}

/// What is wrong with the rule as such, so that nothing can be said of its parts.
pub const fn size(nodes: &[Node]) -> Option<Flaw> {
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

/// What is wrong with the rule as a whole, its conditions being right.
pub const fn whole(nodes: &[Node], window: &Window) -> Option<Flaw> {
    if trips_on_health(nodes, 0) {
        Some(Flaw::TripsOnHealth)
    } else if !holds(nodes, &worst(nodes, false, window.size() as u64)) {
        Some(Flaw::NeverTripsClosed)
    } else if trial_length(nodes).is_none() {
        Some(Flaw::NeverTripsHalfOpen)
    } else {
        None
    }
}

/// What is wrong with a window, its values being in range.
pub const fn window_flaw(window: &Window) -> Option<Flaw> {
    match window.extent {
        Extent::Time(_) if window.bucket_nanos() < nanos(MIN_BUCKET) => Some(Flaw::ShortBuckets),
        _ => None,
    }
}

/// What is wrong with a retry, its values being in range.
pub const fn retry_flaw(retry: &Retry) -> Option<Flaw> {
    match (retry.schedule, retry.max) {
        (Schedule::Backoff(initial), Some(max)) if nanos(max) < nanos(initial) => Some(Flaw::MaxBelowInitial),
        _ => None,
    }
}

/// What is wrong with a permit, its values being in range.
pub const fn permit_flaw(permit: &Permit) -> Option<Flaw> {
    match *permit {
        Permit::RampUp { from, to, .. } if from.parts_per_billion() > to.parts_per_billion() => {
            Some(Flaw::FallingRamp)
        }
        _ => None,
    }
}

/// Stops the compiler.
#[track_caller]
const fn refuse(flaw: Option<Flaw>) {
    if let Some(flaw) = flaw {
        panic!("{}", flaw.text());
    }
}

/// Stops the compiler.
#[track_caller]
const fn require(is_in_range: bool, kind: Kind) {
    assert!(is_in_range, "{}", kind.range());
}

/// A rule with constants in it, its conditions being in range.
#[track_caller]
pub const fn rule(nodes: &[Node], window: &Window) {
    refuse(size(nodes));
    let mut at = 0;
    while at < nodes.len() {
        refuse(condition(nodes, at, window));
        at += 1;
    }
    refuse(whole(nodes, window));
}

/// A window with constants in it.
#[track_caller]
pub const fn window(window: Window) -> Window {
    refuse(window_flaw(&window));
    window
}

/// A retry with constants in it.
#[track_caller]
pub const fn retry(retry: Retry) -> Retry {
    refuse(retry_flaw(&retry));
    retry
}

/// A permit with constants in it.
#[track_caller]
pub const fn permit(permit: Permit) -> Permit {
    refuse(permit_flaw(&permit));
    permit
}

/// A constant number of calls.
#[track_caller]
pub const fn count(count: u32) -> u32 {
    require(count > 0, Kind::Count);
    count
}

/// A constant size of a window.
#[track_caller]
pub const fn window_size(size: usize) -> usize {
    require(size > 0 && size as u64 <= Kind::Size.greatest(), Kind::Size);
    size
}

/// A constant number of buckets.
#[track_caller]
pub const fn buckets(buckets: usize) -> usize {
    require(buckets > 0 && buckets as u64 <= Kind::Buckets.greatest(), Kind::Buckets);
    buckets
}

/// A constant ratio.
#[track_caller]
pub const fn ratio(ratio: f64) -> f64 {
    require(Ratio::new(ratio).is_valid(), Kind::Ratio);
    ratio
}

/// A constant jitter.
#[track_caller]
pub const fn jitter(share: f64) -> f64 {
    require(Ratio::new(share).is_part(), Kind::Jitter);
    share
}

/// A constant duration.
#[track_caller]
pub const fn duration(duration: Duration) -> Duration {
    let nanos = duration.as_nanos();
    require(nanos > 0 && nanos <= u64::MAX as u128, Kind::Duration);
    duration
}

/// A constant multiplier.
#[track_caller]
pub const fn multiplier(multiplier: f64) -> f64 {
    require(multiplier >= 1.0 && multiplier.is_finite(), Kind::Multiplier);
    multiplier
}
