//! A count window remembers the latest calls, up to its size.

use std::collections::VecDeque;

use fluxgate::{Outcome, State, trip, window};
use fluxgate_tests::fixture::{Fixture, millis};

fn of(size: usize) -> Fixture {
    Fixture::new(|builder| builder.window(window::count(size)).trip(trip::failure_streak(1_000_000)))
}

/// Compares a window with one kept naively.
fn compare(size: usize, calls: usize) {
    let fixture = of(size);
    let mut random = fastrand::Rng::with_seed(size as u64);
    let mut latest = VecDeque::new();
    let (mut failures, mut streak) = (0, 0);
    for nth in 0..calls {
        // Long healthy stretches too, until the window holds no failure.
        let failed = random.f64() < if (nth / (2 * size + 1)).is_multiple_of(2) { 0.3 } else { 0.0 };
        fixture
            .call(if failed { Outcome::Failure } else { Outcome::Success }, millis(0))
            .expect("it stays closed");
        latest.push_back(failed);
        failures += u64::from(failed);
        streak = if failed { streak + 1 } else { 0 };
        if latest.len() > size {
            failures -= u64::from(latest.pop_front() == Some(true));
        }
        if size < 1_000 || nth % 997 == 0 || nth + 1 == calls {
            assert_eq!(fixture.counts(), (latest.len() as u64, failures), "window {size}, call {nth}");
            assert_eq!(fixture.breaker.metrics().failure_streak(), streak, "window {size}, call {nth}");
        }
    }
}

#[test]
fn windows_of_any_size_remember_the_latest_calls() {
    for size in [63, 64, 65, 100, 127, 128, 129, 191, 192, 193, 255, 256, 257].into_iter().chain(1..=20) {
        compare(size, 3 * size + 1_000);
    }
}

#[test]
fn a_window_of_a_million_remembers_the_latest_calls() {
    compare(1_000_000, 2_300_000);
}

/// Regression: with a count window that never evicts, or counts forever, it takes 1,000 failures to open after 1,000
/// successes.
#[test]
fn forgets_the_oldest_call() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(1_000);
    fixture.fail(4);
    assert_eq!((fixture.state(), fixture.counts()), (State::Closed, (10, 4)));
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

/// Regression: a window that needs one call more than its size.
#[test]
fn trips_on_exactly_its_size() {
    for size in [1_u32, 2, 10, 63, 64, 65, 100] {
        let rule = trip::min(size) & trip::failure_rate(1.0);
        let fixture = Fixture::new(|builder| builder.window(window::count(size as usize)).trip(rule));
        fixture.fail(size as usize - 1);
        assert_eq!(fixture.state(), State::Closed, "window {size}");
        fixture.fail(1);
        assert_eq!(fixture.state(), State::Open, "window {size}");
    }
}

#[test]
fn forgets_slow_calls_with_the_rest() {
    let rule = trip::min(10) & (trip::slow_rate(1.0, millis(100)) | trip::avg_latency(millis(1_000)));
    let fixture = Fixture::with_rule(rule);
    fixture.succeed_in(millis(200), 5);
    fixture.succeed_in(millis(20), 5);
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.slow(millis(100)), metrics.avg_latency()), (Some(5), Some(millis(110))));
    fixture.succeed_in(millis(20), 3);
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.slow(millis(100)), metrics.avg_latency()), (Some(2), Some(millis(56))));
    fixture.succeed_in(millis(20), 2);
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.slow(millis(100)), metrics.avg_latency()), (Some(0), Some(millis(20))));
}

#[test]
fn does_not_forget_with_time() {
    let fixture = Fixture::new(|builder| builder);
    fixture.fail(9);
    fixture.advance(fluxgate_tests::fixture::seconds(1_000_000_000));
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

/// Healthy calls that write nothing still count.
#[test]
fn a_failure_after_many_healthy_calls_is_one_of_a_full_window() {
    let fixture = of(100);
    fixture.succeed(1_000_000);
    fixture.fail(1);
    assert_eq!(fixture.counts(), (100, 1));
    assert_eq!(fixture.breaker.metrics().failure_streak(), 1);
    fixture.succeed(99);
    assert_eq!(fixture.counts(), (100, 1), "it is the oldest");
    fixture.succeed(1);
    assert_eq!(fixture.counts(), (100, 0));
    assert_eq!(fixture.breaker.metrics().failure_streak(), 0);
}

#[test]
fn a_slow_success_is_recorded_among_fast_ones_that_are_not() {
    let rule = trip::min(4) & trip::slow_rate(1.0, millis(100));
    let fixture = Fixture::new(|builder| builder.window(window::count(4)).trip(rule));
    // The oldest is a fast success, so another fast one would change nothing.
    fixture.succeed(1);
    fixture.fail(1);
    fixture.succeed(2);
    fixture.call(Outcome::Success, millis(100)).expect("closed");
    let metrics = fixture.breaker.metrics();
    assert_eq!((fixture.counts(), metrics.slow(millis(100))), ((4, 1), Some(1)));
}

#[test]
fn a_success_that_replaces_a_faster_one_may_trip() {
    let rule = trip::min(2) & trip::avg_latency(millis(100));
    let fixture = Fixture::new(|builder| builder.window(window::count(2)).trip(rule));
    fixture.succeed(1);
    for state in [State::Closed, State::Open] {
        fixture.call(Outcome::Success, millis(150)).expect("closed");
        assert_eq!(fixture.state(), state);
    }
}
