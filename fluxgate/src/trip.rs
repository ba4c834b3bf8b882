//! When a breaker trips: conditions, joined by `&` and `|` to a [`Rule`].
//!
//! `&` binds tighter than `|`. A rule prints as the attribute would spell it.
//!
//! ```
//! use fluxgate::trip;
//! use std::time::Duration;
//!
//! let rule = trip::min(20) & (trip::failure_rate(0.5) | trip::slow_rate(0.3, Duration::from_secs(1)))
//!     | trip::failure_streak(5);
//! assert_eq!(rule.to_string(), "min(20) & (failure_rate(0.5) | slow_rate(0.3, 1s)) | failure_streak(5)");
//! ```
//!
//! There is no negation, so a rule is monotone: worse numbers never un-trip it. That is what lets the compiler say of a
//! rule that it can never hold or that it holds of healthy traffic, and a breaker judge its trial as soon as it is certain.

use std::time::Duration;

use fluxgate_rules::{Condition, Ratio};

pub use fluxgate_rules::{Metrics, Rule};

/// The breaker is closed.
pub fn closed() -> Rule {
    Rule::from_condition(Condition::Closed)
}

/// The breaker is half-open.
pub fn half_open() -> Rule {
    Rule::from_condition(Condition::HalfOpen)
}

/// At least `calls` calls are known, 1 or more. Rates and averages need it beside them: one failed call of one is a rate of
/// 100%.
pub fn min(calls: u32) -> Rule {
    Rule::from_condition(Condition::Min(calls))
}

/// At least this share of calls failed, above 0 and at most 1. Compared in integers: 7 of 100 reach 0.07.
pub fn failure_rate(share: f64) -> Rule {
    Rule::from_condition(Condition::FailureRate(Ratio::new(share)))
}

/// At least `calls` calls failed, 1 or more.
pub fn failures(calls: u32) -> Rule {
    Rule::from_condition(Condition::Failures(calls))
}

/// At least `calls` calls in a row failed, 1 or more, whatever the window.
pub fn failure_streak(calls: u32) -> Rule {
    Rule::from_condition(Condition::FailureStreak(calls))
}

/// At least this share of calls, above 0 and at most 1, took `threshold` or longer, failed calls included: a time-out is a
/// slow call. A percentile is a slow rate: "p99 reaches 2 s" is `slow_rate(0.01, Duration::from_secs(2))`.
pub fn slow_rate(share: f64, threshold: Duration) -> Rule {
    Rule::from_condition(Condition::SlowRate(Ratio::new(share), threshold))
}

/// Calls took `threshold` or longer on average, failed calls included.
pub fn avg_latency(threshold: Duration) -> Rule {
    Rule::from_condition(Condition::AvgLatency(threshold))
}

/// The function says so. It is asked after each outcome, under no lock, and should depend on the metrics alone and be
/// monotone as the rest of the rule is. One that panics does not hold. Calls are timed, since it may ask for the average.
pub fn custom(predicate: fn(&Metrics) -> bool) -> Rule {
    Rule::from_condition(Condition::Custom { path: "..", predicate })
}
