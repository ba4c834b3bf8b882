//! `build()` refuses what the attribute would refuse, in the same words, and never panics.

use std::time::Duration;

use fluxgate::{Builder, CircuitBreaker, OnCancel, permit, retry, trip, window};
use fluxgate_tests::fixture::{millis, seconds};

#[track_caller]
fn refuses(configure: impl FnOnce(Builder) -> Builder, words: &[&str]) {
    let builder = configure(CircuitBreaker::builder("wrong"));
    let checked = builder.check();
    let error = builder.build().map(|_| ()).expect_err("it should be refused");
    let text = error.to_string();
    assert_eq!(checked, Err(error));
    for word in words {
        assert!(text.contains(word), "{word:?} is not in: {text}");
    }
}

#[track_caller]
fn refuses_rule(rule: trip::Rule, words: &[&str]) {
    refuses(|builder| builder.trip(rule), words);
}

#[track_caller]
fn accepts(configure: impl FnOnce(Builder) -> Builder) {
    let builder = configure(CircuitBreaker::builder("right"));
    assert_eq!(builder.check(), Ok(()));
    if let Err(error) = builder.build() {
        panic!("refused: {error}");
    }
}

#[test]
fn a_builder_that_is_only_checked_makes_no_breaker() {
    let builder = CircuitBreaker::builder("checked, not made").listener(|_: &fluxgate::Transition| {});
    assert_eq!(builder.check(), Ok(()));
    assert!(fluxgate::find("checked, not made").is_none());
    let breaker = builder.clone().build().expect("it was checked");
    assert!(fluxgate::find(breaker.name()).is_some());
}

#[test]
fn the_defaults_are_valid() {
    accepts(|builder| builder);
    accepts(|builder| builder.window(window::count(1)));
    accepts(|builder| builder.window(window::count(1_000_000)));
    accepts(|builder| builder.window(window::time(seconds(60))));
}

/// Regression: window 0 is accepted elsewhere, and fatal at the first call.
#[test]
fn windows_out_of_range_are_refused() {
    refuses(|builder| builder.window(window::count(0)), &["count(0)"]);
    refuses(|builder| builder.window(window::count(1_000_001)), &["1000000"]);
    refuses(|builder| builder.window(window::count(usize::MAX)), &["1000000"]);
    refuses(|builder| builder.window(window::time(Duration::ZERO)), &["time(0s)"]);
    refuses(|builder| builder.window(window::time(seconds(1)).buckets(0)), &["buckets"]);
    refuses(|builder| builder.window(window::time(seconds(1)).buckets(1_001)), &["buckets"]);
    refuses(|builder| builder.window(window::time(Duration::from_micros(10)).buckets(11)), &["buckets"]);
    refuses(|builder| builder.window(window::count(10).buckets(5)), &["buckets"]);
    accepts(|builder| builder.window(window::time(Duration::from_micros(10))));
    accepts(|builder| builder.window(window::time(seconds(1)).buckets(1_000)));
    accepts(|builder| builder.window(window::time(seconds(1)).buckets(1)));
}

/// Regression: `minimum 200` on a window of 100 never trips, silently, or is clamped to everyone's surprise.
#[test]
fn rules_that_need_more_calls_than_the_window_holds_are_refused() {
    let rule = || trip::min(200) & trip::failure_rate(0.5);
    refuses(|builder| builder.window(window::count(100)).trip(rule()), &["min(200)", "100"]);
    refuses(
        |builder| builder.window(window::count(100)).trip(trip::failures(101)),
        &["failures(101)", "100"],
    );
    accepts(|builder| builder.window(window::count(200)).trip(rule()));
    accepts(|builder| builder.window(window::time(seconds(10))).trip(rule()));
    let own = (trip::closed() & trip::min(5) & trip::failure_rate(0.5)) | (trip::half_open() & rule());
    accepts(|builder| builder.window(window::count(10)).trip(own));
    accepts(|builder| builder.window(window::count(10)).trip(trip::failure_streak(11)));
}

#[test]
fn rules_that_can_never_trip_are_refused() {
    refuses_rule(trip::half_open() & trip::failures(1), &["closed"]);
    refuses_rule(trip::closed() & trip::half_open() & trip::failures(1), &["closed & half_open"]);
    refuses_rule(trip::failures(3) | trip::closed() & trip::half_open() & trip::failures(1), &["half_open"]);
}

/// Regression: a `closed & ..` rule stuck in half-open forever.
#[test]
fn rules_whose_trial_could_never_end_are_refused() {
    refuses_rule(trip::closed() & trip::failures(3), &["half-open"]);
}

#[test]
fn rules_that_trip_on_healthy_traffic_are_refused() {
    refuses_rule(trip::min(10), &["min(10)", "healthy"]);
    refuses_rule(trip::failures(3) | trip::closed() & trip::min(10), &["healthy"]);
}

#[test]
fn rates_without_a_minimum_are_refused() {
    refuses_rule(trip::failure_rate(0.5), &["failure_rate(0.5)", "min("]);
    refuses_rule(trip::slow_rate(0.5, seconds(1)), &["slow_rate(0.5, 1s)", "min("]);
    refuses_rule(trip::avg_latency(seconds(1)), &["avg_latency(1s)", "min("]);
    refuses_rule(trip::min(10) & trip::failure_rate(0.5) | trip::failure_rate(0.9), &["failure_rate(0.9)"]);
    accepts(|builder| builder.trip(trip::min(1) & trip::failure_rate(0.5)));
}

#[test]
fn values_out_of_range_are_refused() {
    for share in [0.0, -0.5, 1.000_001, 50.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE] {
        refuses_rule(trip::min(10) & trip::failure_rate(share), &["failure_rate"]);
        refuses_rule(trip::min(10) & trip::slow_rate(share, seconds(1)), &["slow_rate"]);
        refuses(|builder| builder.permit(permit::random(share)), &["random"]);
        refuses(|builder| builder.permit(permit::ramp_up(share, 1.0, seconds(1))), &["ramp_up"]);
        refuses(|builder| builder.permit(permit::ramp_up(0.1, share, seconds(1))), &["ramp_up"]);
    }
    refuses_rule(trip::min(10) & trip::failure_rate(50.0), &["write `0.5` or `50"]);
    refuses_rule(trip::min(0) & trip::failure_rate(0.5), &["min(0)"]);
    refuses_rule(trip::failures(0), &["failures(0)"]);
    refuses_rule(trip::failure_streak(0), &["failure_streak(0)"]);
    refuses_rule(trip::min(10) & trip::slow_rate(0.5, Duration::ZERO), &["slow_rate"]);
    refuses_rule(trip::min(10) & trip::avg_latency(Duration::ZERO), &["avg_latency"]);
    refuses(|builder| builder.permit(permit::ramp_up(0.5, 0.4, seconds(60))), &["ramp_up"]);
    refuses(|builder| builder.max_half_open_calls(0), &["max_half_open_calls"]);
    refuses(|builder| builder.half_open_timeout(Duration::ZERO), &["half_open_timeout"]);
    for share in [-0.1, 1.0, 1.5, f64::NAN, f64::INFINITY] {
        refuses(|builder| builder.retry(retry::cooldown(seconds(60)).jitter(share)), &["jitter"]);
        refuses(|builder| builder.retry(retry::backoff(seconds(60)).jitter(share)), &["jitter"]);
    }
    for multiplier in [0.0, 0.9, -2.0, f64::NAN, f64::INFINITY] {
        refuses(|builder| builder.retry(retry::backoff(seconds(1)).multiplier(multiplier)), &["multiplier"]);
    }
    refuses(|builder| builder.retry(retry::backoff(seconds(60)).max(seconds(59))), &["max"]);
    accepts(|builder| builder.retry(retry::backoff(seconds(60)).max(seconds(60)).multiplier(1.0)));
    accepts(|builder| builder.retry(retry::cooldown(seconds(60)).jitter(0.0)));
    accepts(|builder| builder.permit(permit::ramp_up(1.0, 1.0, seconds(60))));
}

#[test]
fn confidences_out_of_range_are_refused() {
    let sure = |share: f64, level: f64| trip::failure_rate(share).sure(level);
    for (level, help) in [
        (95.0, "write `0.95` or `95%`"),
        (99.9, "write `0.999` or `99.9%`"),
        (5.0, "write `0.95`"),
        (0.05, "write `0.95`"),
        (1.0, "write `0.99`"),
        (0.0, "write `95%`, for example"),
        (-0.95, "write `95%`, for example"),
        (f64::NAN, "`NaN` is out of range"),
        (f64::INFINITY, "`inf` is out of range"),
        (f64::NEG_INFINITY, "`-inf` is out of range"),
    ] {
        refuses_rule(sure(0.5, level), &["`sure` is from 0.5 to below 1", help]);
    }
    refuses_rule(sure(1.0, 0.95), &["no failure rate is above 100%", "remove `sure` and write `min(10) &`"]);
    refuses_rule(sure(0.0, 0.95), &["a ratio is above 0"]);
    refuses_rule(sure(f64::NAN, 0.95), &["`NaN` is out of range"]);
    refuses(
        |builder| builder.window(window::count(50)).trip(sure(0.9, 0.95)),
        &["it takes 69 to be sure, and the window remembers 50", "`window = count(69)`"],
    );
    accepts(|builder| builder.window(window::count(69)).trip(sure(0.9, 0.95)));
    accepts(|builder| builder.trip(sure(0.5, 0.05).sure(0.5)));
}

/// Regression: the message was about a `NaN` that nobody had written.
#[test]
fn a_confidence_in_no_rate_is_refused() {
    let slow = trip::min(10) & trip::slow_rate(0.5, seconds(1));
    for rule in [slow, trip::failures(5), trip::custom(|metrics| metrics.failures() > 2)] {
        for rule in [rule.clone().sure(0.95), rule.sure(0.5).sure(0.95)] {
            refuses_rule(rule, &["`failure_rate` takes a ratio", "& failure_rate(sure = 0.95)"]);
        }
    }
}

/// Regression: `build()` accepted the longest durations, but the attribute did not.
#[test]
fn times_before_a_cancellation_out_of_range_are_refused() {
    let after = |after| move |builder: Builder| builder.on_cancel(OnCancel::FailureAfter(after));
    for wrong in [Duration::ZERO, Duration::MAX] {
        refuses(after(wrong), &["a duration is longer than 0 and at most 584 years", "failure(after = "]);
    }
    for right in [Duration::from_nanos(1), Duration::from_nanos(u64::MAX)] {
        accepts(after(right));
    }
}

/// With such permits, a healthy service would wait indefinitely for its traffic.
#[test]
fn trials_that_would_wait_too_long_are_refused() {
    for share in [0.009_999, 0.000_1, 1e-9] {
        refuses(
            |builder| builder.permit(permit::random(share)),
            &["a trial of 10 would wait for", "random(1%)"],
        );
    }
    accepts(|builder| builder.permit(permit::random(0.01)));
    accepts(|builder| builder.permit(permit::ramp_up(1e-9, 1e-9, seconds(60))));
    let hour = window::time(seconds(3_600));
    let of_an_hour = |rule: trip::Rule| move |builder: Builder| builder.window(hour).trip(rule);
    for calls in [1_000_001, u32::MAX] {
        let said = format!("a trial of {calls} calls");
        for rule in [
            trip::min(calls) & trip::failure_rate(0.5),
            trip::failures(calls),
            trip::failure_streak(calls),
            trip::failures(5) | trip::half_open() & trip::failures(calls),
        ] {
            refuses(of_an_hour(rule), &[&said, "1000000"]);
        }
        accepts(of_an_hour(trip::closed() & trip::failures(calls) | trip::half_open() & trip::failures(5)));
    }
    accepts(of_an_hour(trip::failures(1_000_000)));
}

/// Calls of a trial would count as hung before they are slow.
#[test]
fn a_timeout_no_longer_than_a_slow_call_is_refused() {
    let nano = Duration::from_nanos(1);
    for rule in
        [trip::min(5) & trip::slow_rate(0.5, seconds(60)), trip::min(5) & trip::avg_latency(seconds(60))]
    {
        refuses_rule(rule.clone(), &["half_open_timeout", "hung before they are slow", "write `2m`"]);
        let with = |timeout| {
            let rule = rule.clone();
            move |builder: Builder| builder.trip(rule).half_open_timeout(timeout)
        };
        refuses(with(seconds(60)), &["half_open_timeout"]);
        refuses(with(seconds(1)), &["half_open_timeout"]);
        accepts(with(seconds(60) + nano));
    }
    let closed = trip::closed() & trip::min(5) & trip::slow_rate(0.5, seconds(90));
    accepts(|builder| {
        builder.trip(closed | trip::half_open() & trip::min(5) & trip::slow_rate(0.5, seconds(59)))
    });
}

/// A dead service would pass every trial.
#[test]
fn rules_that_are_blind_in_half_open_are_refused() {
    let slow = || trip::slow_rate(0.5, seconds(1));
    let half_open = |rule| trip::half_open() & trip::min(5) & rule;
    refuses_rule(trip::closed() & trip::failures(5) | half_open(slow()), &["however many calls fail"]);
    refuses_rule(
        trip::closed() & trip::min(5) & slow() | half_open(trip::failure_rate(0.5)),
        &["however many calls take 1s", "| half_open & min(10) & slow_rate(0.5, 1s)"],
    );
    refuses_rule(
        trip::closed() & trip::min(5) & slow() | half_open(trip::slow_rate(0.5, seconds(2))),
        &["however many calls take 1s"],
    );
    let accepts_rule = |rule: trip::Rule| accepts(|builder| builder.trip(rule));
    accepts_rule(trip::closed() & trip::failures(5) | half_open(slow() | trip::failure_rate(0.1)));
    accepts_rule(trip::closed() & trip::min(5) & slow() | half_open(trip::slow_rate(0.1, millis(1))));
    // Nobody knows what a function looks at.
    accepts_rule(
        trip::closed() & trip::failures(5) | half_open(trip::custom(|metrics| metrics.failures() > 2)),
    );
}

#[test]
fn durations_that_no_call_can_meet_are_refused() {
    let nanos = Duration::from_nanos;
    for short in [nanos(1), nanos(999)] {
        refuses_rule(trip::min(5) & trip::slow_rate(0.5, short), &["1us"]);
        refuses_rule(trip::min(5) & trip::avg_latency(short), &["1us"]);
    }
    refuses(|builder| builder.half_open_timeout(nanos(999_999)), &["1ms"]);
    accepts(|builder| builder.half_open_timeout(millis(1)));
    accepts(|builder| builder.trip(trip::min(5) & trip::slow_rate(0.5, nanos(1_000))));
}

#[test]
fn settings_that_do_not_belong_together_are_refused() {
    refuses(|builder| builder.retry(retry::cooldown(seconds(60)).max(seconds(100))), &["max"]);
    refuses(|builder| builder.retry(retry::cooldown(seconds(60)).multiplier(2.0)), &["multiplier"]);
    refuses(|builder| builder.retry(retry::always().jitter(0.1)), &["jitter"]);
}

/// Regression: `build()` accepted it, but the attribute did not.
#[test]
fn an_empty_name_is_refused() {
    for name in [std::borrow::Cow::Borrowed(""), std::borrow::Cow::Owned(String::new())] {
        let error = CircuitBreaker::builder(name).build().expect_err("it should be refused");
        assert_eq!(
            error.to_string(),
            "a breaker's name is a string that is not empty\nhelp: write `\"payments\"`, for example"
        );
        assert_eq!(error.problems()[0].setting(), "name");
    }
    let both = CircuitBreaker::builder("").max_half_open_calls(0).build().expect_err("it should be refused");
    let settings: Vec<_> = both.problems().iter().map(fluxgate::ConfigProblem::setting).collect();
    assert_eq!(settings, ["name", "max_half_open_calls"]);
}

#[test]
fn all_problems_are_reported_at_once() {
    refuses(
        |builder| {
            builder
                .window(window::count(0))
                .trip(trip::min(10) & trip::failure_rate(50.0))
                .retry(retry::cooldown(seconds(1)).jitter(2.0))
                .permit(permit::random(0.0))
                .max_half_open_calls(0)
        },
        &["count(0)", "failure_rate", "jitter", "random", "max_half_open_calls"],
    );
}

/// Longer than breakers can count, and longer than anyone waits.
#[test]
fn durations_too_long_to_count_are_refused() {
    let longest = Duration::MAX;
    refuses(|builder| builder.window(window::time(longest)), &["584 years"]);
    refuses(|builder| builder.retry(retry::cooldown(longest)), &["584 years"]);
    refuses(|builder| builder.retry(retry::backoff(seconds(1)).max(longest)), &["584 years"]);
    refuses(|builder| builder.permit(permit::ramp_up(0.1, 1.0, longest)), &["584 years"]);
    refuses(|builder| builder.half_open_timeout(longest), &["584 years"]);
    refuses_rule(trip::min(5) & trip::slow_rate(0.5, longest), &["584 years"]);
    refuses_rule(trip::min(5) & trip::avg_latency(longest), &["584 years"]);
}

#[test]
fn too_many_thresholds_or_conditions_are_refused() {
    let slow = |threshold| trip::slow_rate(0.5, millis(threshold));
    accepts(|builder| {
        builder.trip(trip::min(5) & (slow(1) | slow(2) | slow(3) | slow(4)) | trip::min(9) & slow(1))
    });
    refuses_rule(trip::min(5) & (slow(1) | slow(2) | slow(3) | slow(4) | slow(5)), &["slow_rate"]);
    let long =
        |conditions| (1..=conditions).map(trip::failures).reduce(|rule, more| rule | more).expect("some");
    refuses_rule(long(10_000), &["64"]);
    accepts(|builder| builder.trip(long(50)));
}

#[test]
fn the_error_is_an_error_and_a_value() {
    let build = || CircuitBreaker::builder("wrong").window(window::count(0)).build().map(|_| ());
    let error = build().expect_err("refused");
    assert_eq!(error.clone(), build().expect_err("refused"));
    let boxed: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
    assert!(!boxed.to_string().is_empty() && !format!("{boxed:?}").is_empty());
}

/// Regression: custom windows or clocks silently ignored.
#[test]
fn the_window_and_the_clock_that_are_set_are_used() {
    let clock = fluxgate::testing::ManualClock::new();
    let breaker = CircuitBreaker::builder("used")
        .window(window::time(seconds(7)).buckets(7))
        .clock(clock.clone())
        .build()
        .expect("valid");
    breaker.acquire().expect("closed").failure();
    clock.advance(seconds(6));
    assert_eq!(breaker.metrics().total(), 1);
    clock.advance(seconds(1));
    assert_eq!(breaker.metrics().total(), 0);
    assert_eq!(breaker.snapshot().since, seconds(7));
}

#[test]
fn settings_print_as_the_attribute_would_spell_them() {
    assert_eq!(window::time(seconds(60)).buckets(6).to_string(), "time(1m, buckets = 6)");
    assert_eq!(window::count(100).to_string(), "count(100)");
    assert_eq!(permit::ramp_up(0.1, 1.0, seconds(60)).to_string(), "ramp_up(0.1, 1.0, 1m)");
    assert_eq!(
        retry::backoff(seconds(10)).multiplier(2.0).max(seconds(300)).jitter(0.1).to_string(),
        "backoff(10s, multiplier = 2.0, max = 5m, jitter = 0.1)"
    );
}
