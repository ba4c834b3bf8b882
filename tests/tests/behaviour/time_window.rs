//! A time window remembers the calls of its duration, and evicts on reading as well as on writing.

use std::time::Duration;

use fluxgate::{State, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

fn of_ten_seconds() -> Fixture {
    Fixture::new(|builder| builder.window(window::time(seconds(10))))
}

/// Regression: elsewhere buckets that are never overwritten never expire, and failures of an hour ago trip.
#[test]
fn forgets_across_an_idle_gap() {
    let fixture = of_ten_seconds();
    fixture.fail(9);
    fixture.advance(seconds(3_600));
    fixture.fail(1);
    assert_eq!(fixture.counts(), (1, 1));
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn forgets_on_reading() {
    let fixture = of_ten_seconds();
    fixture.fail(5);
    fixture.succeed(4);
    assert_eq!(fixture.counts(), (9, 5));
    fixture.advance(seconds(10));
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.metrics().failure_rate(), None);
}

/// One bucket a second, aligned to the clock's zero: a call is forgotten with its bucket.
#[test]
fn forgets_bucket_by_bucket() {
    let fixture = of_ten_seconds();
    for _ in 0..10 {
        fixture.succeed(1);
        fixture.advance(seconds(1));
    }
    assert_eq!(fixture.counts(), (9, 0), "the first second has left the window");
    for left in (0..9).rev() {
        fixture.advance(millis(999));
        assert_eq!(fixture.counts(), (left + 1, 0));
        fixture.advance(millis(1));
        assert_eq!(fixture.counts(), (left, 0));
    }
}

#[test]
fn gaps_of_every_length_are_forgotten_exactly() {
    for gap in 0..=25 {
        let fixture = of_ten_seconds();
        fixture.succeed(3);
        fixture.advance(seconds(4));
        fixture.succeed(2);
        fixture.advance(seconds(gap));
        let expected = u64::from(gap < 6) * 3 + u64::from(gap < 10) * 2;
        assert_eq!(fixture.counts(), (expected, 0), "after {gap} s");
        fixture.succeed(1);
        assert_eq!(fixture.counts(), (expected + 1, 0), "after {gap} s");
    }
}

#[test]
fn gaps_of_whole_windows_do_not_bring_anything_back() {
    for turns in 1..=5 {
        let fixture = of_ten_seconds();
        fixture.fail(9);
        fixture.advance(seconds(10 * turns));
        assert_eq!(fixture.counts(), (0, 0), "after {turns} windows");
        fixture.succeed(1);
        assert_eq!(fixture.counts(), (1, 0), "after {turns} windows");
    }
}

#[test]
fn buckets_can_be_set() {
    let fixture = Fixture::new(|builder| builder.window(window::time(seconds(60)).buckets(6)));
    fixture.succeed(1);
    fixture.advance(seconds(9));
    fixture.succeed(1);
    fixture.advance(seconds(1));
    fixture.succeed(1);
    fixture.advance(millis(49_999));
    assert_eq!(fixture.counts(), (3, 0));
    fixture.advance(millis(1));
    assert_eq!(fixture.counts(), (1, 0));
    fixture.advance(seconds(10));
    assert_eq!(fixture.counts(), (0, 0));
}

#[test]
fn one_bucket_forgets_everything_at_once() {
    let fixture = Fixture::new(|builder| builder.window(window::time(seconds(10)).buckets(1)));
    fixture.succeed(5);
    fixture.advance(millis(9_999));
    fixture.succeed(1);
    assert_eq!(fixture.counts(), (6, 0));
    fixture.advance(millis(1));
    assert_eq!(fixture.counts(), (0, 0));
}

/// `time(D)` has one bucket a second, but at least 10 and at most 60.
#[test]
fn buckets_are_a_second_unless_that_is_too_few_or_too_many() {
    for (duration, bucket) in [
        (millis(500), millis(50)),
        (seconds(5), millis(500)),
        (seconds(10), seconds(1)),
        (seconds(42), seconds(1)),
        (seconds(60), seconds(1)),
        (seconds(600), seconds(10)),
    ] {
        let fixture = Fixture::new(|builder| builder.window(window::time(duration)));
        fixture.advance(bucket - Duration::from_micros(1));
        fixture.succeed(1);
        fixture.advance(Duration::from_micros(1));
        fixture.advance(duration - bucket - Duration::from_micros(1));
        assert_eq!(fixture.counts(), (1, 0), "{duration:?}");
        fixture.advance(Duration::from_micros(1));
        assert_eq!(fixture.counts(), (0, 0), "{duration:?}");
    }
}

/// A call is remembered for at most the duration and at least one bucket less, whatever the buckets.
#[test]
fn buckets_need_not_divide_the_duration() {
    let nanosecond = Duration::from_nanos(1);
    for (duration, buckets) in [
        (seconds(1), 3),
        (seconds(7), 3),
        (seconds(7), 1_000),
        (millis(90_500), 60),
        (Duration::from_micros(11), 7),
    ] {
        let bucket = duration.div_f64(buckets as f64);
        for part in 0..40 {
            let fixture = Fixture::new(|builder| builder.window(window::time(duration).buckets(buckets)));
            fixture.advance(duration * 5 + bucket * part / 13);
            fixture.succeed(1);
            fixture.advance(duration - bucket - nanosecond);
            assert_eq!(fixture.counts(), (1, 0), "{duration:?}, {buckets}, {part}");
            fixture.advance(bucket + nanosecond);
            assert_eq!(fixture.counts(), (0, 0), "{duration:?}, {buckets}, {part}");
        }
    }
}

/// Regression: elsewhere a window under 5 ms divides by zero, and 900 ms are 0 s.
#[test]
fn may_be_shorter_than_a_second() {
    let fixture = Fixture::new(|builder| builder.window(window::time(millis(2))));
    fixture.fail(9);
    fixture.advance(millis(2));
    assert_eq!(fixture.counts(), (0, 0));

    let fixture = Fixture::new(|builder| builder.window(window::time(millis(900))));
    fixture.fail(5);
    fixture.advance(millis(800));
    fixture.fail(4);
    assert_eq!(fixture.counts(), (9, 9));
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

/// Regression: events capped at 1,000 truncate busy windows.
#[test]
fn holds_as_many_calls_as_there_are() {
    let fixture = Fixture::new(|builder| {
        builder.window(window::time(seconds(10))).trip(trip::min(100_000) & trip::failure_rate(0.5))
    });
    fixture.succeed(60_000);
    fixture.fail(39_999);
    assert_eq!(fixture.counts(), (99_999, 39_999));
}

#[test]
fn trips_on_what_is_in_the_window() {
    let fixture = of_ten_seconds();
    fixture.succeed(100);
    fixture.advance(seconds(9));
    fixture.fail(9);
    assert_eq!(fixture.state(), State::Closed, "9 of 109");
    fixture.advance(seconds(1));
    assert_eq!(fixture.counts(), (9, 9));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Open, "9 of 10");
}

#[test]
fn a_streak_outlasts_the_window() {
    let fixture =
        Fixture::new(|builder| builder.window(window::time(seconds(1))).trip(trip::failure_streak(3)));
    for _ in 0..3 {
        assert_eq!(fixture.state(), State::Closed);
        fixture.fail(1);
        fixture.advance(seconds(100));
    }
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn forgets_durations_too() {
    let rule = trip::min(5) & (trip::slow_rate(0.5, millis(100)) | trip::avg_latency(seconds(1)));
    let fixture = Fixture::new(|builder| builder.window(window::time(seconds(10))).trip(rule));
    fixture.succeed_in(millis(200), 4);
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.slow(millis(100)), metrics.avg_latency()), (Some(4), Some(millis(200))));
    fixture.advance(seconds(10));
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.slow(millis(100)), metrics.avg_latency()), (Some(0), None));
    fixture.succeed_in(millis(50), 2);
    let metrics = fixture.breaker.metrics();
    assert_eq!((metrics.slow(millis(100)), metrics.avg_latency()), (Some(0), Some(millis(50))));
}

#[test]
fn an_outcome_counts_when_it_arrives() {
    let fixture = of_ten_seconds();
    let call = fixture.breaker.acquire().expect("closed");
    fixture.advance(seconds(100));
    call.failure();
    assert_eq!(fixture.counts(), (1, 1));
    fixture.advance(seconds(9));
    assert_eq!(fixture.counts(), (1, 1));
    fixture.advance(seconds(1));
    assert_eq!(fixture.counts(), (0, 0));
}
