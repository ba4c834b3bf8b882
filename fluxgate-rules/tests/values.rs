//! Windows, retries, permits and conditions: equal if they mean the same, and printed as the attribute spells them.
#![allow(missing_docs)]

use std::fmt::Display;
use std::time::Duration;

use fluxgate_rules::{Condition, Metrics, Permit, Ratio, Retry, Rule, SureRate, Window};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Each value prints as shown, and equals itself and no other.
fn distinct<T: PartialEq + Display>(values: &[(T, &str)]) {
    for (nth, (value, spelled)) in values.iter().enumerate() {
        assert_eq!(value.to_string(), *spelled);
        for (other_nth, (other, spelled_other)) in values.iter().enumerate() {
            assert_eq!(value == other, nth == other_nth, "{spelled} and {spelled_other}");
        }
    }
}

#[test]
fn windows() {
    distinct(&[
        (Window::count(60), "count(60)"),
        (Window::count(61), "count(61)"),
        (Window::time(MINUTE), "time(1m)"),
        (Window::time(SECOND), "time(1s)"),
        (Window::time(MINUTE).buckets(6), "time(1m, buckets = 6)"),
    ]);
    for (seconds, buckets) in [(0, 10), (9, 10), (10, 10), (11, 11), (60, 60), (61, 60), (3_600, 60)] {
        let window = Window::time(Duration::from_secs(seconds));
        assert_eq!(window.bucket_count(), buckets, "{window}");
    }
    assert_eq!(Window::time(MINUTE).buckets(7).bucket_count(), 7);
    assert_eq!(Window::count(10).bucket_count(), 0);
    assert_eq!(Window::time(SECOND).buckets(7).bucket_nanos(), 142_857_142);
    assert_eq!(Window::count(10).bucket_nanos(), 0);
    assert_eq!((Window::count(10).size(), Window::time(SECOND).size()), (10, usize::MAX));
}

#[test]
fn retries() {
    fn minute(_: u32) -> Duration {
        MINUTE
    }
    fn grows(reopens: u32) -> Duration {
        SECOND * reopens
    }
    let backoff = Retry::backoff(SECOND);
    distinct(&[
        (Retry::always(), "always"),
        (Retry::never(), "never"),
        (Retry::cooldown(SECOND), "cooldown(1s)"),
        (Retry::cooldown(MINUTE), "cooldown(1m)"),
        (Retry::cooldown(MINUTE).jitter(0.1), "cooldown(1m, jitter = 0.1)"),
        (Retry::cooldown(MINUTE).jitter(0.2), "cooldown(1m, jitter = 0.2)"),
        (backoff, "backoff(1s)"),
        (Retry::backoff(MINUTE), "backoff(1m)"),
        (backoff.multiplier(3.0), "backoff(1s, multiplier = 3.0)"),
        (backoff.max(MINUTE), "backoff(1s, max = 1m)"),
        (
            backoff.multiplier(3.0).max(MINUTE).jitter(0.1),
            "backoff(1s, multiplier = 3.0, max = 1m, jitter = 0.1)",
        ),
        (Retry::custom("minute", minute), "custom(minute)"),
        (Retry::custom("grows", grows), "custom(grows)"),
    ]);
    // Equality depends on the function, not on its spelling.
    assert_eq!(Retry::custom("minute", minute), Retry::custom("..", minute));
}

#[test]
fn permits() {
    fn after_a_second(in_half_open: Duration) -> bool {
        in_half_open > SECOND
    }
    fn after_a_minute(in_half_open: Duration) -> bool {
        in_half_open > MINUTE
    }
    distinct(&[
        (Permit::all(), "all"),
        (Permit::random(0.1), "random(0.1)"),
        (Permit::random(0.2), "random(0.2)"),
        (Permit::ramp_up(0.1, 1.0, SECOND), "ramp_up(0.1, 1.0, 1s)"),
        (Permit::ramp_up(0.2, 1.0, SECOND), "ramp_up(0.2, 1.0, 1s)"),
        (Permit::ramp_up(0.1, 0.9, SECOND), "ramp_up(0.1, 0.9, 1s)"),
        (Permit::ramp_up(0.1, 1.0, MINUTE), "ramp_up(0.1, 1.0, 1m)"),
        (Permit::custom("soon", after_a_second), "custom(soon)"),
        (Permit::custom("later", after_a_minute), "custom(later)"),
    ]);
    assert_eq!(Permit::custom("soon", after_a_second), Permit::custom("..", after_a_second));
}

#[test]
fn conditions() {
    fn two(metrics: &Metrics) -> bool {
        metrics.failures() == 2
    }
    fn three(metrics: &Metrics) -> bool {
        metrics.failures() == 3
    }
    let (tenth, half) = (Ratio::new(0.1), Ratio::new(0.5));
    distinct(&[
        (Condition::Closed, "closed"),
        (Condition::HalfOpen, "half_open"),
        (Condition::Min(2), "min(2)"),
        (Condition::Min(3), "min(3)"),
        (Condition::Failures(2), "failures(2)"),
        (Condition::Failures(3), "failures(3)"),
        (Condition::FailureStreak(2), "failure_streak(2)"),
        (Condition::FailureStreak(3), "failure_streak(3)"),
        (Condition::FailureRate(tenth), "failure_rate(0.1)"),
        (Condition::FailureRate(half), "failure_rate(0.5)"),
        (Condition::SureFailureRate(SureRate::new(half, Ratio::new(0.95))), "failure_rate(0.5, sure = 0.95)"),
        (Condition::SlowRate(half, SECOND), "slow_rate(0.5, 1s)"),
        (Condition::SlowRate(tenth, SECOND), "slow_rate(0.1, 1s)"),
        (Condition::SlowRate(half, MINUTE), "slow_rate(0.5, 1m)"),
        (Condition::AvgLatency(SECOND), "avg_latency(1s)"),
        (Condition::AvgLatency(MINUTE), "avg_latency(1m)"),
        (Condition::FailingFor(SECOND), "failing_for(1s)"),
        (Condition::InFlight(2), "in_flight(2)"),
        (Condition::InFlight(3), "in_flight(3)"),
        (Condition::Custom { path: "two", predicate: two }, "custom(two)"),
        (Condition::Custom { path: "three", predicate: three }, "custom(three)"),
    ]);
}

#[test]
fn rules() {
    let on = Rule::from_condition;
    let (one, two, three) = (on(Condition::Min(1)), on(Condition::Min(2)), on(Condition::Min(3)));
    distinct(&[
        (one.clone(), "min(1)"),
        (one.clone() & two.clone() & three.clone(), "min(1) & min(2) & min(3)"),
        (one.clone() & two.clone() | three.clone(), "min(1) & min(2) | min(3)"),
        (one.clone() & (two.clone() | three.clone()), "min(1) & (min(2) | min(3))"),
        ((one.clone() | two.clone()) & three.clone(), "(min(1) | min(2)) & min(3)"),
        (one.clone() | two.clone() & three.clone(), "min(1) | min(2) & min(3)"),
    ]);
    // Redundant parentheses leave no group.
    assert_eq!(one.clone() & (two.clone() & three.clone()), one.clone() & two.clone() & three.clone());
    assert_eq!(one.clone() | (two.clone() | three.clone()), (one | two) | three);
}

#[test]
fn a_rule_knows_what_it_measures() {
    let on = Rule::from_condition;
    let plain =
        on(Condition::Min(3)) & on(Condition::Failures(9)) | on(Condition::Min(7)) & on(Condition::Closed);
    assert_eq!(Rule::largest_min(plain.nodes()), 7);
    let largest_first = on(Condition::Min(7)) & on(Condition::Closed) | on(Condition::Min(3));
    assert_eq!(Rule::largest_min(largest_first.nodes()), 7);
    assert_eq!(Rule::largest_min(on(Condition::Failures(9)).nodes()), 0);
    assert!(!Rule::asks_custom(plain.nodes()) && !Rule::measures(plain.nodes()).durations());

    let asks = plain & on(Condition::Custom { path: "f", predicate: |_| true });
    assert!(Rule::asks_custom(asks.nodes()) && Rule::measures(asks.nodes()).average);

    let slow = |nanos| on(Condition::SlowRate(Ratio::new(0.5), Duration::from_nanos(nanos)));
    let slow_calls = |nanos: &[u64]| {
        nanos.iter().map(|nanos| slow(*nanos)).reduce(|one, other| one | other).expect("some")
    };
    let slow = slow_calls(&[5, 4, 5, 3, 2, 1]);
    let measures = Rule::measures(slow.nodes());
    assert_eq!((measures.thresholds, measures.average), ([2, 3, 4, 5], false));
    let ascending = slow_calls(&[2, 3, 4, 5]);
    assert_eq!(Rule::measures(ascending.nodes()), measures);
    assert_eq!([1, 2].map(|nanos| nanos < measures.slow_from()), [true, false]);
    assert!(Rule::measures(on(Condition::AvgLatency(SECOND)).nodes()).average);
    let several = on(Condition::InFlight(7)) & on(Condition::Min(9)) | on(Condition::InFlight(5));
    assert!(
        Rule::measures(several.nodes()).in_flight && !Rule::measures(on(Condition::Min(5)).nodes()).in_flight
    );
    assert_eq!(Rule::least_in_flight(several.nodes()), 5);
    let least_first = on(Condition::InFlight(5)) | on(Condition::InFlight(7)) & on(Condition::Min(9));
    assert_eq!(Rule::least_in_flight(least_first.nodes()), 5);
    assert_eq!(Rule::least_in_flight(on(Condition::Min(5)).nodes()), u32::MAX);
}

#[test]
fn the_standard_rule_fits_into_its_window() {
    for (window, spelled) in [
        (0, "closed & min(1) & failure_rate(0.5) | half_open & min(1) & failure_rate(0.5)"),
        (1, "closed & min(1) & failure_rate(0.5) | half_open & min(1) & failure_rate(0.5)"),
        (50, "closed & min(50) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)"),
        (101, "closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)"),
    ] {
        assert_eq!(Rule::from_nodes(Rule::standard(window).to_vec()).to_string(), spelled);
        assert_eq!(Rule::standard_for(window).to_string(), spelled);
    }
}
