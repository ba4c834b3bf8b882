//! Checks of constants whose values only the compiler knows.
//!
//! Macro expansions call these functions, named after what they check, in const contexts; a mistake stops compilation
//! with a message. For a single value, the macro has composed that message.
#![allow(clippy::missing_panics_doc, reason = "these functions exist to stop the compiler")]

use core::time::Duration;

use crate::logic::flaws::{
    Flaw, condition_flaw, has_condition_flaw, hung_flaw, is_rule_in_range, is_window_in_range, permit_flaw,
    retry_flaw, rule_flaw, size_flaw, time_limit_flaw, timeout_flaw, window_flaw,
};
use crate::model::limits::{
    is_bucket_count, is_concurrency, is_duration, is_key_count, is_multiplier, is_threshold, is_timeout,
    is_window_size,
};
use crate::model::permit::Permit;
use crate::model::ratio::Ratio;
use crate::model::retry::Retry;
use crate::model::rule::Node;
use crate::model::window::Window;

#[track_caller]
const fn refuse(flaw: Option<Flaw>) {
    if let Some(flaw) = flaw {
        panic!("{}", flaw.text());
    }
}

/// Whether every value in the rule and the window is in range. Otherwise another check refuses it.
const fn is_in_range(nodes: &[Node], window: &Window) -> bool {
    is_rule_in_range(nodes) && is_window_in_range(window)
}

/// Refuses the condition at `leaf` if it is wrong.
#[track_caller]
pub const fn condition(nodes: &[Node], leaf: usize, window: &Window) {
    if is_in_range(nodes, window) && size_flaw(nodes).is_none() {
        refuse(condition_flaw(nodes, leaf, window));
    }
}

/// Refuses a rule that is wrong as a whole, unless one of its conditions is refused already.
#[track_caller]
pub const fn rule(nodes: &[Node], window: &Window) {
    if !is_in_range(nodes, window) {
        return;
    }
    refuse(size_flaw(nodes));
    if !has_condition_flaw(nodes, window) {
        refuse(rule_flaw(nodes, window));
    }
}

/// Refuses a `half_open_timeout` that does not suit the rule, unless a value in either is refused already.
#[track_caller]
pub const fn half_open_timeout(nodes: &[Node], timeout: Duration) {
    if is_rule_in_range(nodes) && is_timeout(timeout) && size_flaw(nodes).is_none() {
        refuse(timeout_flaw(nodes, timeout));
    }
}

/// Refuses a rule with conditions on calls that take longer than any call may, unless a value in either is refused
/// already.
#[track_caller]
pub const fn time_limit(nodes: &[Node], limit: Duration) {
    if is_rule_in_range(nodes) && is_duration(limit) {
        refuse(time_limit_flaw(nodes, limit));
    }
}

/// Refuses a `half_open_timeout` that ends before a call times out, unless either is refused already.
#[track_caller]
pub const fn hung(limit: Duration, timeout: Duration) {
    if is_duration(limit) && is_timeout(timeout) {
        refuse(hung_flaw(limit, timeout));
    }
}

/// Refuses a wrong window, unless one of its values is refused already.
#[track_caller]
pub const fn window(window: &Window) {
    if is_window_in_range(window) {
        refuse(window_flaw(window));
    }
}

/// Refuses a wrong retry.
#[track_caller]
pub const fn retry(retry: &Retry) {
    refuse(retry_flaw(retry));
}

/// Refuses a wrong permit.
#[track_caller]
pub const fn permit(permit: &Permit) {
    refuse(permit_flaw(permit));
}

/// The message for an empty name.
pub const EMPTY_NAME: &str = "a breaker's name is a string that is not empty";

/// Refuses an empty name.
#[track_caller]
pub const fn name(name: &str) {
    assert!(!name.is_empty(), "{}", EMPTY_NAME);
}

/// Refuses a number of calls that is out of range.
#[track_caller]
pub const fn count(count: u32, message: &str) {
    assert!(count > 0, "{}", message);
}

/// Refuses a number of concurrent calls that is out of range.
#[track_caller]
pub const fn concurrency(calls: u32, message: &str) {
    assert!(is_concurrency(calls), "{}", message);
}

/// Refuses a window size that is out of range.
#[track_caller]
pub const fn size(size: usize, message: &str) {
    assert!(is_window_size(size), "{}", message);
}

/// Refuses a number of buckets that is out of range.
#[track_caller]
pub const fn buckets(buckets: usize, message: &str) {
    assert!(is_bucket_count(buckets), "{}", message);
}

/// Refuses a number of keys that is out of range.
#[track_caller]
pub const fn keys(keys: usize, message: &str) {
    assert!(is_key_count(keys), "{}", message);
}

/// Refuses a ratio that is out of range.
#[track_caller]
pub const fn ratio(ratio: f64, message: &str) {
    assert!(Ratio::new(ratio).is_valid(), "{}", message);
}

/// Refuses a ratio that is out of range for a condition with a confidence.
#[track_caller]
pub const fn exceeded(ratio: f64, message: &str) {
    assert!(Ratio::new(ratio).is_exceedable(), "{}", message);
}

/// Refuses a confidence that is out of range.
#[track_caller]
pub const fn confidence(level: f64, message: &str) {
    assert!(Ratio::new(level).is_confidence(), "{}", message);
}

/// Refuses a jitter that is out of range.
#[track_caller]
pub const fn jitter(share: f64, message: &str) {
    assert!(Ratio::new(share).is_part(), "{}", message);
}

/// Refuses a duration that is out of range.
#[track_caller]
pub const fn duration(duration: Duration, message: &str) {
    assert!(is_duration(duration), "{}", message);
}

/// Refuses a slow-call threshold that is out of range.
#[track_caller]
pub const fn threshold(threshold: Duration, message: &str) {
    assert!(is_threshold(threshold), "{}", message);
}

/// Refuses a `half_open_timeout` that is out of range.
#[track_caller]
pub const fn timeout(timeout: Duration, message: &str) {
    assert!(is_timeout(timeout), "{}", message);
}

/// Refuses a multiplier that is out of range.
#[track_caller]
pub const fn multiplier(multiplier: f64, message: &str) {
    assert!(is_multiplier(multiplier), "{}", message);
}
