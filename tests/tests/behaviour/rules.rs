//! What each condition means, and how conditions combine.

use std::time::Duration;

use fluxgate::{CircuitBreaker, Metrics, Outcome, State, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

#[test]
fn slow_rate_trips_even_if_all_calls_succeed() {
    let fixture = Fixture::with_rule(trip::min(10) & trip::slow_rate(0.3, seconds(1)));
    fixture.succeed_in(millis(999), 7);
    fixture.succeed_in(seconds(1), 2);
    assert_eq!(fixture.state(), State::Closed);
    fixture.succeed_in(seconds(1), 1);
    assert_eq!(fixture.state(), State::Open);
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.failures(), metrics.slow(seconds(1))), (0, Some(3)));
}

#[test]
fn two_slow_thresholds_in_one_rule_are_measured_separately() {
    let rule = trip::min(10) & (trip::slow_rate(0.5, millis(100)) | trip::slow_rate(0.2, seconds(2)));
    let fixture = Fixture::with_rule(rule.clone());
    fixture.succeed_in(millis(10), 6);
    fixture.succeed_in(millis(150), 3);
    fixture.succeed_in(seconds(2), 1);
    assert_eq!(fixture.state(), State::Closed);
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.slow(millis(100)), metrics.slow(seconds(2))), (Some(4), Some(1)));
    assert_eq!((metrics.slow_rate(millis(100)), metrics.slow_rate(seconds(2))), (Some(0.4), Some(0.1)));
    assert_eq!(metrics.slow(millis(200)), None, "no condition asks for it");
    // The second call of two seconds pushes out the oldest, which is fast.
    fixture.succeed_in(seconds(2), 1);
    assert_eq!(fixture.state(), State::Open, "2 of 10 took 2 s, and 5 of 10 took 100 ms");

    let fixture = Fixture::with_rule(rule);
    fixture.succeed_in(millis(10), 8);
    fixture.succeed_in(seconds(2), 2);
    assert_eq!(fixture.state(), State::Open, "20% took 2 s");
}

/// Four is the limit, and each can trip, in both kinds of windows.
#[test]
fn four_slow_thresholds_in_one_rule_trip_and_are_evicted_separately() {
    let thresholds = [4, 1, 3, 2].map(seconds);
    for window in [window::count(20), window::time(seconds(1_000)).buckets(10)] {
        for longest in 1..=4 {
            let rates = thresholds.map(|threshold| {
                trip::slow_rate(if threshold == seconds(longest) { 0.5 } else { 1.0 }, threshold)
            });
            let slow = rates.into_iter().reduce(|any, rate| any | rate).expect("four");
            let fixture = Fixture::new(|builder| builder.window(window).trip(trip::min(20) & slow));
            // Half of the calls reach the threshold in question, and none of them the next.
            fixture.succeed_in(millis(10), 10);
            fixture.succeed_in(seconds(longest + 1) - millis(1), 9);
            let slow = thresholds.map(|threshold| fixture.breaker.metrics().slow(threshold));
            assert_eq!(slow, [4, 1, 3, 2].map(|threshold| Some(if threshold <= longest { 9 } else { 0 })));
            assert_eq!(fixture.state(), State::Closed);
            fixture.succeed_in(seconds(longest), 1);
            assert_eq!(fixture.state(), State::Open, "{longest} s, {window}");
            fixture.breaker.reset();
            fixture.advance(seconds(2_000));
            fixture.succeed(20);
            assert_eq!(thresholds.map(|threshold| fixture.breaker.metrics().slow(threshold)), [Some(0); 4]);
        }
    }
}

/// If there are few calls, nearly all must fail; if there are many, little more than the share.
#[test]
fn a_sure_rate_needs_a_smaller_share_of_failures_the_more_calls_there_are() {
    for window in [window::count(200), window::time(seconds(60))] {
        for (succeeding, failing) in [(0, 8), (1, 11), (5, 20), (20, 46), (40, 75)] {
            let rule = trip::failure_rate(0.5).sure(0.95);
            let fixture = Fixture::new(|builder| builder.window(window).trip(rule));
            fixture.succeed(succeeding);
            fixture.fail(failing - 1);
            assert_eq!(fixture.state(), State::Closed, "{failing} failures, {window}");
            fixture.fail(1);
            assert_eq!(fixture.state(), State::Open, "{failing} failures, {window}");
        }
    }
}

#[test]
fn a_sure_rate_needs_as_many_good_calls_to_recover_as_bad_ones_to_trip() {
    let fixture = Fixture::new(|builder| {
        builder.trip(trip::failure_rate(0.5).sure(0.95)).permit(fluxgate::permit::all())
    });
    fixture.fail(8);
    let refusal = fixture.breaker.acquire().expect_err("open");
    let said = "is open: 8 of the last 8 calls failed (100% > 50%, 95% sure)";
    assert!(refusal.to_string().contains(said), "{refusal}");
    assert_eq!(fixture.breaker.snapshot().trial, 8);
    fixture.advance(seconds(60));
    fixture.fail(8);
    assert_eq!(fixture.state(), State::Open, "given up again");
    fixture.advance(seconds(60));
    fixture.succeed(7);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

/// `sure` applies to every rate of a rule; a rule without rates cannot be sure.
#[test]
fn a_rule_made_sure_by_hand_is_checked() {
    let both = (trip::half_open() & trip::failure_rate(0.2) | trip::failure_rate(0.5)).sure(0.9);
    let said = "half_open & failure_rate(0.2, sure = 0.9) | failure_rate(0.5, sure = 0.9)";
    assert_eq!(both.to_string(), said);
    assert_eq!(said.parse::<trip::Rule>().expect("a rule"), both);
    assert_eq!(trip::failure_rate(0.5).sure(0.9).sure(0.95), trip::failure_rate(0.5).sure(0.95));
    for wrong in [
        trip::failures(5).sure(0.95),
        trip::failure_rate(0.5).sure(0.3),
        trip::failure_rate(0.5).sure(1.0),
        trip::failure_rate(0.5).sure(f64::NAN),
        trip::failure_rate(1.0).sure(0.95),
    ] {
        let text = wrong.to_string();
        assert!(CircuitBreaker::builder("sure").trip(wrong).build().is_err(), "{text}");
    }
}

/// A percentile is a slow rate: "p99 reaches 2 s".
#[test]
fn a_percentile_is_a_slow_rate() {
    let rule = trip::min(100) & trip::slow_rate(0.01, seconds(2));
    let fixture = Fixture::new(|builder| builder.window(window::count(100)).trip(rule));
    fixture.succeed_in(millis(1), 500);
    assert_eq!(fixture.state(), State::Closed);
    fixture.succeed_in(seconds(2), 1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn failure_streak_counts_whatever_the_window() {
    let fixture = Fixture::new(|builder| builder.window(window::count(2)).trip(trip::failure_streak(5)));
    for _ in 0..10 {
        fixture.fail(4);
        assert_eq!(fixture.breaker.metrics().failure_streak(), 4);
        fixture.succeed(1);
        assert_eq!(fixture.breaker.metrics().failure_streak(), 0);
    }
    fixture.fail(5);
    assert_eq!(fixture.state(), State::Open);
}

/// Regression: failures recorded with duration 0 make time-outs look fast.
#[test]
fn failed_calls_keep_their_duration() {
    let fixture = Fixture::with_rule(trip::min(4) & trip::avg_latency(millis(500)));
    fixture.succeed_in(millis(100), 2);
    fixture.fail_in(millis(800), 1);
    assert_eq!(fixture.state(), State::Closed);
    assert_eq!(fixture.breaker.metrics().avg_latency(), Some(Duration::from_nanos(333_333_333)));
    fixture.fail_in(millis(1_000), 1);
    assert_eq!(fixture.state(), State::Open, "2 s in 4 calls");

    let fixture = Fixture::with_rule(trip::min(2) & trip::slow_rate(1.0, seconds(1)));
    fixture.fail_in(seconds(1), 2);
    assert_eq!(fixture.state(), State::Open, "a time-out is a slow call");
}

#[test]
fn averages_are_not_rounded_before_they_are_compared() {
    let fixture = Fixture::with_rule(trip::min(3) & trip::avg_latency(Duration::from_nanos(3_003)));
    for nanos in [3_003, 3_003, 3_002] {
        fixture.succeed_in(Duration::from_nanos(nanos), 1);
    }
    assert_eq!(fixture.state(), State::Closed, "9,008 ns in 3 calls are less than 3,003 ns");
    assert_eq!(fixture.breaker.metrics().avg_latency(), Some(Duration::from_nanos(3_002)));
    fixture.succeed_in(Duration::from_nanos(3_004), 1);
    assert_eq!(fixture.state(), State::Open, "12,012 ns in 4");
}

#[test]
fn failures_counts_failures_in_the_window() {
    let fixture = Fixture::with_rule(trip::failures(3));
    for _ in 0..20 {
        fixture.fail(2);
        fixture.succeed(10);
    }
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    fixture.succeed(3);
    fixture.fail(2);
    assert_eq!(fixture.state(), State::Open);
}

/// Ratios are compared in integers: 7 of 100 is 7%, and 1 of 10 is 0.1.
#[test]
fn rates_are_exact() {
    for (calls, failures, share) in
        [(100, 7, 0.07), (10, 1, 0.1), (100, 29, 0.29), (100, 57, 0.57), (1_000, 1, 0.001), (3, 3, 1.0)]
    {
        let rule = trip::min(calls as u32) & trip::failure_rate(share);
        let fixture = Fixture::new(|builder| builder.window(window::count(calls)).trip(rule.clone()));
        fixture.fail(failures);
        fixture.succeed(calls - failures);
        assert_eq!(fixture.state(), State::Open, "{failures} of {calls} is {share}");

        let fixture = Fixture::new(|builder| builder.window(window::count(calls)).trip(rule));
        fixture.fail(failures - 1);
        fixture.succeed(calls - failures + 1);
        assert_eq!(fixture.state(), State::Closed, "{} of {calls} is less than {share}", failures - 1);
    }
}

#[test]
fn and_binds_tighter_than_or() {
    let rule = trip::min(10) & trip::failure_rate(0.9) | trip::failure_streak(3);
    assert_eq!(rule.to_string(), "min(10) & failure_rate(0.9) | failure_streak(3)");
    let fixture = Fixture::with_rule(rule);
    fixture.fail(3);
    assert_eq!(fixture.state(), State::Open, "a streak needs no min(10)");
}

#[test]
fn print_as_the_attribute_would_spell_them() {
    let rule = trip::min(20) & (trip::failure_rate(0.5) | trip::slow_rate(0.3, seconds(1)))
        | trip::closed() & trip::failures(7)
        | trip::half_open() & trip::avg_latency(millis(1_500));
    assert_eq!(
        rule.to_string(),
        "min(20) & (failure_rate(0.5) | slow_rate(0.3, 1s)) | closed & failures(7) | half_open & avg_latency(1.5s)"
    );
    assert_eq!(rule.clone(), rule);
}

#[test]
fn a_custom_condition_sees_the_metrics() {
    fn many_slow_failures(metrics: &Metrics) -> bool {
        metrics.failures() >= 2
            && metrics.avg_latency().is_some_and(|mean| mean >= millis(50))
            && metrics.failure_streak() == 2
            && metrics.failure_rate() == Some(0.5)
    }
    let fixture = Fixture::with_rule(trip::min(4) & trip::custom(many_slow_failures));
    fixture.succeed_in(millis(80), 2);
    fixture.fail_in(millis(30), 1);
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail_in(millis(30), 1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn closed_and_half_open_name_the_state() {
    let rule = (trip::closed() & trip::failures(4)) | (trip::half_open() & trip::failures(2));
    let fixture = Fixture::with_rule(rule);
    fixture.fail(3);
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.fail(1);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

/// `closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)`, or as much as the window holds.
#[test]
fn the_default_follows_the_window() {
    for (size, closed, trial) in [(100, 100, 10), (250, 100, 10), (30, 30, 10), (4, 4, 4)] {
        let breaker =
            CircuitBreaker::builder("default rule").window(window::count(size)).build().expect("valid");
        let snapshot = breaker.snapshot();
        assert_eq!(
            snapshot.rule,
            format!(
                "closed & min({closed}) & failure_rate(0.5) | half_open & min({trial}) & failure_rate(0.5)"
            )
        );
        assert_eq!(snapshot.trial, trial);
        for nth in 0..closed {
            assert_eq!(breaker.state(), State::Closed, "window {size}, call {nth}");
            breaker.acquire().expect("closed").record(if nth % 2 == 0 {
                Outcome::Failure
            } else {
                Outcome::Success
            });
        }
        assert_eq!(breaker.state(), State::Open, "window {size}");
    }
}

#[test]
fn a_shared_threshold_is_measured_once() {
    let rule = (trip::closed() & trip::min(10) & trip::slow_rate(0.5, millis(100)))
        | (trip::half_open() & trip::min(2) & trip::slow_rate(0.5, millis(100)));
    let fixture = Fixture::with_rule(rule);
    fixture.succeed_in(millis(100), 10);
    assert_eq!(fixture.breaker.metrics().slow(millis(100)), Some(10));
    fixture.wait();
    fixture.succeed_in(millis(100), 1);
    assert_eq!(fixture.state(), State::Open);
}

thread_local! {
    /// The totals that the function was called with.
    static ASKED: std::cell::RefCell<Vec<u64>> = const { std::cell::RefCell::new(Vec::new()) };
}

fn never_holds(metrics: &Metrics) -> bool {
    ASKED.with_borrow_mut(|asked| asked.push(metrics.total()));
    false
}

fn asked() -> Vec<u64> {
    ASKED.take()
}

/// A count window skips successes that replace others, but not if a function must be asked.
#[test]
fn a_custom_condition_is_asked_after_every_outcome_it_decides() {
    for window in [window::count(3), window::time(seconds(10))] {
        let counts_calls = window == window::count(3);
        let fixture = Fixture::new(|builder| {
            builder.window(window).trip(trip::min(3) & trip::custom(never_holds) | trip::failure_streak(9))
        });
        fixture.succeed(2);
        assert_eq!(asked(), [0; 0], "of two calls `min(3)` decides");
        fixture.succeed(50);
        fixture.fail(1);
        fixture.succeed(1);
        let expected: Vec<u64> = (3..=54).map(|total| if counts_calls { 3 } else { total }).collect();
        assert_eq!(asked(), expected);
        fixture.call(Outcome::Ignored, seconds(0)).expect("closed");
        fixture.advance(seconds(5));
        fixture.breaker.metrics();
        let late = fixture.breaker.acquire().expect("closed");
        fixture.breaker.reset();
        late.success();
        assert_eq!(asked(), [0; 0]);
    }
}

#[test]
fn a_custom_condition_is_not_asked_if_it_does_not_decide() {
    let rule = trip::failures(2) & trip::custom(never_holds) | trip::failures(4);
    let fixture = Fixture::with_rule(rule);
    fixture.succeed(1);
    fixture.fail(1);
    assert_eq!(asked(), [0; 0]);
    fixture.fail(2);
    assert_eq!(asked(), [3, 4]);
    fixture.fail(1);
    assert_eq!((asked(), fixture.state()), (vec![], State::Open), "four failures are enough without it");

    // A trial takes four calls, and asks about its own calls.
    fixture.wait();
    fixture.fail(2);
    fixture.succeed(1);
    fixture.fail(1);
    assert_eq!(asked(), [2, 3, 4]);
    fixture.fail(1);
    assert_eq!((asked(), fixture.state()), (vec![], State::Open));
    fixture.breaker.reset();

    // Metrics-only reports what a closed breaker would do.
    fixture.breaker.metrics_only();
    fixture.fail(3);
    fixture.succeed(1);
    assert_eq!(asked(), [2, 3, 4]);
}

#[test]
fn if_one_custom_condition_decides_all_are_asked() {
    let fixture = Fixture::with_rule(
        trip::failures(1) & trip::custom(never_holds) | trip::min(9) & trip::custom(never_holds),
    );
    fixture.fail(1);
    assert_eq!(asked(), [1, 1]);
}

/// What a condition does while it is asked takes precedence over its answer.
#[test]
fn a_custom_condition_may_command_its_breaker() {
    static COMMANDED: CircuitBreaker =
        fluxgate::breaker!(name = "rules: commanded", trip = min(1) & custom(command));
    fn command(_: &Metrics) -> bool {
        COMMANDED.metrics_only();
        true
    }
    let call = COMMANDED.acquire().expect("closed");
    let before = call.generation();
    call.failure();
    assert_eq!(COMMANDED.state(), State::MetricsOnly);
    assert_eq!(COMMANDED.metrics().total(), 0);
    assert_eq!(COMMANDED.acquire().expect("metrics only").generation(), before + 1);
}
