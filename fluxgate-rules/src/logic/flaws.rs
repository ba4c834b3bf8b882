//! Settings that are well-formed but make no sense.
//!
//! Everything here is `const`, so that macros, `build()` and const evaluation call the same functions.

use core::time::Duration;

use crate::logic::evaluate::{NodeSet, Situation, best, contains, held, possible_ways, ways, worst};
use crate::logic::promises::{blind_spot, most_patient, threshold};
use crate::logic::trial;
use crate::model::limits::{
    MAX_NODES, MAX_TRIAL, MIN_BUCKET, MIN_SHARE, is_bucket_count, is_concurrency, is_duration, is_multiplier,
    is_threshold, is_window_size,
};
use crate::model::metrics::{Metrics, Tally, nanos};
use crate::model::permit::Permit;
use crate::model::ratio::Ratio;
use crate::model::retry::{Retry, Schedule};
use crate::model::rule::{Condition, Node, Rule, subtree};
use crate::model::window::{Extent, Window};

/// A kind of mistake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// More nodes than a rule may have.
    TooLong,
    /// More distinct thresholds than a rule may have.
    TooManyThresholds,
    /// A condition or group that holds in no state.
    NeverHolds,
    /// A condition that needs more calls than the window remembers.
    BeyondWindow,
    /// A condition that takes more calls to be sure than the window remembers.
    NeverSure,
    /// A condition that makes a trial longer than [`MAX_TRIAL`].
    LongTrial,
    /// A condition that takes more calls to be sure than [`MAX_TRIAL`].
    LongProof,
    /// A rate or average that holds after the first bad call.
    Unguarded,
    /// A rule that holds even if all calls are good.
    TripsOnHealth,
    /// A rule that never holds while closed.
    NeverTripsClosed,
    /// A rule that never holds while half-open.
    NeverTripsHalfOpen,
    /// A rule that holds while half-open only through the number of running calls.
    OnlyInFlight,
    /// A rule that holds while closed if calls only fail, but never while half-open.
    BlindToFailures,
    /// A rule that holds while closed if calls are only slow, but never while half-open.
    BlindToSlowCalls,
    /// A `half_open_timeout` that ends before a call counts as slow.
    ShortTimeout,
    /// A condition on calls that take longer than any call may.
    BeyondTimeLimit,
    /// A `half_open_timeout` that ends before a call times out.
    HungInTime,
    /// Buckets shorter than [`MIN_BUCKET`].
    ShortBuckets,
    /// A `max` shorter than the first delay.
    MaxBelowInitial,
    /// A ramp that goes down.
    FallingRamp,
    /// A permit that admits less than [`MIN_SHARE`].
    RareProbes,
}

impl Flaw {
    /// The message, without numbers, because const evaluation cannot format them.
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
            Self::NeverSure => {
                "this can never hold on a closed breaker: even if all calls fail, it takes more of them to be sure than \
                 the window remembers\n\
                 help: take a lower share, a lower `sure`, or a window of more calls"
            }
            Self::LongProof => {
                "this takes more than 1000000 calls to be sure, and so does its trial\n\
                 help: take a lower share, or a lower `sure`"
            }
            Self::LongTrial => {
                "this makes a trial of more than 1000000 calls, for which a half-open breaker would wait\n\
                 help: ask for fewer, or write `closed &` before it, along with a branch for `half_open` that asks for fewer"
            }
            Self::Unguarded => {
                "this is not guarded by `min`: it trips on the first failed or slow call\n\
                 help: write `min(10) &` before it, or `min(1) &` to allow that"
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
            Self::OnlyInFlight => {
                "in half-open only `in_flight` could trip this rule, but a trial is judged by how its calls end\n\
                 help: add a branch for that: `| half_open & min(10) & failure_rate(0.5)`"
            }
            Self::BlindToFailures => {
                "in half-open this rule never holds, however many calls fail, although that trips a closed breaker\n\
                 help: add a branch for it: `| half_open & min(10) & failure_rate(0.5)`"
            }
            Self::BlindToSlowCalls => {
                "in half-open this rule never holds, however many calls are slow, although that trips a closed breaker\n\
                 help: add a branch for it, with the same duration: `| half_open & min(10) & slow_rate(0.5, 2s)`"
            }
            Self::ShortTimeout => {
                "`half_open_timeout` (60s by default) is not longer than the duration that this rule counts as slow, \
                 so in half-open calls would count as hung before they are slow\n\
                 help: take a longer `half_open_timeout`, or a shorter duration in the rule"
            }
            Self::BeyondTimeLimit => {
                "a condition of this rule can never hold: it asks for calls that last longer than `timeout` allows\n\
                 help: take a shorter duration in the rule, or a longer `timeout`"
            }
            Self::HungInTime => {
                "`half_open_timeout` (60s by default) is not longer than `timeout`, \
                 so in half-open calls would count as hung before they time out\n\
                 help: take a longer `half_open_timeout`, or a shorter `timeout`"
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
            Self::RareProbes => {
                "this admits less than 1% of the calls, so a trial would wait for too many of them\n\
                 help: write `random(1%)` or more"
            }
        }
    }

    /// The message without its help.
    pub(crate) fn what(self) -> &'static str {
        self.text().lines().next().unwrap_or_default()
    }
}

/// What a rule does in the extreme cases. Each set contains the nodes that hold; those named `ways`, the conditions
/// [through which](ways) the rule holds.
#[derive(Clone, Copy)]
struct Extremes {
    /// While closed, after endless bad calls.
    closed_ways: NodeSet,
    /// While half-open, after endless bad calls.
    half_open: NodeSet,
    half_open_ways: NodeSet,
    /// The same, ignoring how many calls are running.
    half_open_by_outcomes: NodeSet,
    /// While closed, with the window full of bad calls.
    full: NodeSet,
    /// In either state, before the first call: 0 of 0 reaches every share and every average.
    empty_ways: NodeSet,
    /// In either state, after endless good calls.
    healthy: NodeSet,
}

impl Extremes {
    const fn of(nodes: &[Node], window: &Window) -> Self {
        let measures = Rule::measures(nodes);
        let mut empty = Metrics::new(Tally::EMPTY, 0, measures);
        let streak = Metrics::new(Tally::EMPTY, u32::MAX, measures);
        let (mut endless, healthy) = (worst(&streak, u64::MAX), best(&empty, u64::MAX));
        let mut full = worst(&streak, window.size() as u64);
        // The number of running calls is not evidence for a trial.
        let half_open_by_outcomes = held(nodes, &Situation::worst(true, &endless));
        if measures.in_flight {
            endless = endless.while_running(u32::MAX);
            full = full.while_running(u32::MAX);
            empty = empty.while_running(u32::MAX);
        }
        let closed = held(nodes, &Situation::worst(false, &endless));
        let half_open = if measures.in_flight {
            held(nodes, &Situation::worst(true, &endless))
        } else {
            half_open_by_outcomes
        };
        let full = held(nodes, &Situation::worst(false, &full));
        let empty_closed = held(nodes, &Situation::best(false, &empty));
        let empty_half_open = held(nodes, &Situation::best(true, &empty));
        Self {
            closed_ways: ways(nodes, closed),
            half_open,
            half_open_ways: ways(nodes, half_open),
            half_open_by_outcomes,
            full,
            empty_ways: ways(nodes, empty_closed) | ways(nodes, empty_half_open),
            healthy: held(nodes, &Situation::best(false, &healthy))
                | held(nodes, &Situation::best(true, &healthy)),
        }
    }

    /// Whether the condition can ever make the rule trip.
    const fn can_trip_through(&self, leaf: usize) -> bool {
        contains(self.closed_ways | self.half_open_ways, leaf)
    }

    const fn condition_flaw(&self, nodes: &[Node], leaf: usize) -> Option<Flaw> {
        let Node::Condition(condition) = nodes[leaf] else { return None };
        let is_sure = matches!(condition, Condition::SureFailureRate(_));
        if !self.can_trip_through(leaf) {
            Some(Flaw::NeverHolds)
        } else if contains(self.closed_ways & !self.full, leaf) {
            Some(if is_sure { Flaw::NeverSure } else { Flaw::BeyondWindow })
        } else if contains(self.half_open_ways, leaf) && trial::length(condition) > MAX_TRIAL {
            Some(if is_sure { Flaw::LongProof } else { Flaw::LongTrial })
        } else if condition.is_share() && contains(self.empty_ways, leaf) {
            Some(Flaw::Unguarded)
        } else {
            None
        }
    }

    const fn has_condition_flaw(&self, nodes: &[Node]) -> bool {
        let mut at = 0;
        while at < nodes.len() {
            if self.condition_flaw(nodes, at).is_some() {
                return true;
            }
            at += 1;
        }
        false
    }

    const fn rule_flaw(&self, nodes: &[Node], window: &Window) -> Option<Flaw> {
        if contains(self.healthy, 0) { Some(Flaw::TripsOnHealth) } else { self.states_flaw(nodes, window) }
    }

    const fn states_flaw(&self, nodes: &[Node], window: &Window) -> Option<Flaw> {
        if !contains(self.full, 0) {
            Some(Flaw::NeverTripsClosed)
        } else if !contains(self.half_open, 0) {
            Some(Flaw::NeverTripsHalfOpen)
        } else if !contains(self.half_open_by_outcomes, 0) {
            Some(Flaw::OnlyInFlight)
        } else if blind_spot(nodes, window, true).is_some() {
            Some(Flaw::BlindToFailures)
        } else if blind_spot(nodes, window, false).is_some() {
            Some(Flaw::BlindToSlowCalls)
        } else {
            None
        }
    }
}

/// The flaw of the condition at `leaf`, for a breaker with this window.
pub const fn condition_flaw(nodes: &[Node], leaf: usize, window: &Window) -> Option<Flaw> {
    Extremes::of(nodes, window).condition_flaw(nodes, leaf)
}

/// The flaw of the rule as a whole, if its conditions are right.
pub const fn rule_flaw(nodes: &[Node], window: &Window) -> Option<Flaw> {
    Extremes::of(nodes, window).rule_flaw(nodes, window)
}

/// The flaw in what the rule does in one state, or in one but not the other.
pub(crate) fn states_flaw(nodes: &[Node], window: &Window) -> Option<Flaw> {
    Extremes::of(nodes, window).states_flaw(nodes, window)
}

/// The flaw of this `half_open_timeout` with the rule, if the values of both are in range.
pub const fn timeout_flaw(nodes: &[Node], timeout: Duration) -> Option<Flaw> {
    match most_patient(nodes) {
        Some((_, threshold)) if nanos(timeout) <= nanos(threshold) => Some(Flaw::ShortTimeout),
        _ => None,
    }
}

/// The flaw of a rule whose calls may take no longer than `limit`, if the values of both are in range.
pub const fn time_limit_flaw(nodes: &[Node], limit: Duration) -> Option<Flaw> {
    let mut at = 0;
    while at < nodes.len() {
        if is_beyond(nodes[at], limit) {
            return Some(Flaw::BeyondTimeLimit);
        }
        at += 1;
    }
    None
}

/// Whether the condition needs calls that take longer than `limit`.
pub(crate) const fn is_beyond(node: Node, limit: Duration) -> bool {
    match threshold(node) {
        Some(threshold) => nanos(threshold) > nanos(limit),
        None => false,
    }
}

/// The flaw of this `half_open_timeout` if calls may take as long as `limit`.
pub const fn hung_flaw(limit: Duration, timeout: Duration) -> Option<Flaw> {
    if nanos(timeout) <= nanos(limit) { Some(Flaw::HungInTime) } else { None }
}

/// Whether one of the rule's conditions has a flaw.
pub const fn has_condition_flaw(nodes: &[Node], window: &Window) -> bool {
    Extremes::of(nodes, window).has_condition_flaw(nodes)
}

/// Whether every condition in the subtree at `node` [never holds](Flaw::NeverHolds).
pub(crate) fn is_dead(nodes: &[Node], node: usize, window: &Window) -> bool {
    let extremes = Extremes::of(nodes, window);
    subtree(nodes, node).all(|at| !extremes.can_trip_through(at))
}

/// Whether the rule can trip a closed breaker through the condition at `leaf`, if it gets enough calls.
pub(crate) fn trips_closed_through(nodes: &[Node], leaf: usize) -> bool {
    contains(possible_ways(nodes, false), leaf)
}

/// Whether the subtree at `node` holds even if all calls are good.
pub(crate) fn trips_on_health(nodes: &[Node], node: usize, window: &Window) -> bool {
    contains(Extremes::of(nodes, window).healthy, node)
}

/// The flaw in the rule's size, which rules out checking its parts.
pub const fn size_flaw(nodes: &[Node]) -> Option<Flaw> {
    if nodes.len() > MAX_NODES {
        return Some(Flaw::TooLong);
    }
    let measures = Rule::measures(nodes);
    let mut at = 0;
    while at < nodes.len() {
        if let Node::Condition(condition) = nodes[at]
            && let Some(threshold) = condition.counts_slow_from()
            && measures.threshold(nanos(threshold)).is_none()
        {
            return Some(Flaw::TooManyThresholds);
        }
        at += 1;
    }
    None
}

/// The flaw of a window whose values are in range.
pub const fn window_flaw(window: &Window) -> Option<Flaw> {
    match window.extent {
        Extent::Time(_) if window.bucket_nanos() < nanos(MIN_BUCKET) => Some(Flaw::ShortBuckets),
        _ => None,
    }
}

/// The flaw of a retry whose values are in range.
pub const fn retry_flaw(retry: &Retry) -> Option<Flaw> {
    match (retry.schedule, retry.max) {
        (Schedule::Backoff(initial), Some(max))
            if is_duration(initial) && is_duration(max) && nanos(max) < nanos(initial) =>
        {
            Some(Flaw::MaxBelowInitial)
        }
        _ => None,
    }
}

/// The flaw of a permit whose values are in range.
pub const fn permit_flaw(permit: &Permit) -> Option<Flaw> {
    match *permit {
        Permit::RampUp { from, to, .. }
            if from.is_valid() && to.is_valid() && from.parts_per_billion() > to.parts_per_billion() =>
        {
            Some(Flaw::FallingRamp)
        }
        Permit::Random(share)
            if share.is_valid() && share.parts_per_billion() < MIN_SHARE.parts_per_billion() =>
        {
            Some(Flaw::RareProbes)
        }
        _ => None,
    }
}

/// Whether the values in a rule's conditions are in range.
pub(crate) const fn is_rule_in_range(nodes: &[Node]) -> bool {
    let mut at = 0;
    while at < nodes.len() {
        if let Node::Condition(condition) = nodes[at]
            && !is_condition_in_range(condition)
        {
            return false;
        }
        at += 1;
    }
    true
}

const fn is_condition_in_range(condition: Condition) -> bool {
    match condition {
        Condition::Closed | Condition::HalfOpen | Condition::Custom { .. } => true,
        Condition::Min(count) | Condition::Failures(count) | Condition::FailureStreak(count) => count > 0,
        Condition::FailureRate(ratio) => ratio.is_valid(),
        Condition::SureFailureRate(rate) => rate.is_valid(),
        Condition::SlowRate(ratio, threshold) => ratio.is_valid() && is_threshold(threshold),
        Condition::AvgLatency(threshold) => is_threshold(threshold),
        Condition::FailingFor(duration) => is_duration(duration),
        Condition::InFlight(count) => is_concurrency(count),
    }
}

/// Whether the values of a window are in range.
pub(crate) const fn is_window_in_range(window: &Window) -> bool {
    match window.extent {
        Extent::Count(size) => is_window_size(size),
        Extent::Time(duration) => is_duration(duration) && is_bucket_count(window.bucket_count()),
    }
}

/// Whether the rule of a breaker with this window has no flaw and every value is in range.
pub(crate) fn is_valid_rule(nodes: &[Node], window: &Window) -> bool {
    if size_flaw(nodes).is_some() || !is_rule_in_range(nodes) {
        return false;
    }
    let extremes = Extremes::of(nodes, window);
    !extremes.has_condition_flaw(nodes) && extremes.rule_flaw(nodes, window).is_none()
}

/// Whether the window has no flaw and every value is in range.
pub(crate) fn is_valid_window(window: &Window) -> bool {
    let takes_buckets = matches!(window.extent, Extent::Time(_));
    is_window_in_range(window) && window_flaw(window).is_none() && (takes_buckets || window.buckets.is_none())
}

/// Whether the retry has no flaw and every value is in range.
pub(crate) fn is_valid_retry(retry: &Retry) -> bool {
    let Retry { schedule, jitter, multiplier, max } = *retry;
    let jitter_is_valid = jitter.is_none_or(Ratio::is_part);
    match schedule {
        Schedule::Cooldown(delay) => {
            is_duration(delay) && jitter_is_valid && multiplier.is_none() && max.is_none()
        }
        Schedule::Backoff(initial) => {
            is_duration(initial)
                && jitter_is_valid
                && multiplier.is_none_or(is_multiplier)
                && max.is_none_or(is_duration)
                && retry_flaw(retry).is_none()
        }
        Schedule::Always | Schedule::Never | Schedule::Custom { .. } => {
            jitter.is_none() && multiplier.is_none() && max.is_none()
        }
    }
}

/// Whether the permit has no flaw and every value is in range.
pub(crate) fn is_valid_permit(permit: &Permit) -> bool {
    match *permit {
        Permit::All | Permit::Custom { .. } => true,
        Permit::Random(share) => share.is_valid() && permit_flaw(permit).is_none(),
        Permit::RampUp { from, to, duration } => {
            from.is_valid() && to.is_valid() && is_duration(duration) && permit_flaw(permit).is_none()
        }
    }
}
