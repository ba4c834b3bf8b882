//! Any input leads to a clear error or a correct result, never to a panic, an overflow or unbounded memory.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fluxgate::{CircuitBreaker, Clock, Outcome, State, permit, retry, trip, window};
use fluxgate_tests::fixture::{self, Fixture, Heard, millis, seconds};

const YEAR: Duration = seconds(365 * 24 * 3_600);
const CENTURY: Duration = seconds(100 * 365 * 24 * 3_600);
/// The longest duration that a breaker handles.
const LONGEST: Duration = Duration::from_nanos(u64::MAX);

/// A clock that can be set to any time, even back.
#[derive(Clone, Default)]
struct SetClock(Arc<AtomicU64>);

impl SetClock {
    fn set(&self, nanos: u64) {
        self.0.store(nanos, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::SeqCst))
    }
}

#[test]
fn names_may_hold_anything() {
    let long = "x".repeat(100_000);
    let names = [
        " ",
        "`",
        "\"quoted\" \\ 'name'",
        "line\nbreak\r\n",
        "\0\u{1b}[31m",
        "ünï©ødé 💥",
        "a line\u{2028}apart\u{85}",
        "\u{202e}backwards\u{2066}",
        "{}{0}%s",
        &long,
    ];
    for name in names {
        let heard = Heard::default();
        let breaker = CircuitBreaker::builder(name.to_owned()).trip(trip::failure_streak(1));
        let breaker = breaker.listener(heard.listener()).build();
        let breaker = breaker.expect("any name will do that is not empty");
        assert_eq!(breaker.name(), name);
        breaker.acquire().expect("closed").failure();
        let refusal = breaker.acquire().map(fluxgate::Call::ignore).expect_err("open");
        assert_eq!(refusal.breaker(), name);
        let obeyed = ['\n', '\r', '\0', '\u{1b}', '\u{2028}', '\u{85}', '\u{202e}', '\u{2066}'];
        let other = CircuitBreaker::builder("other").build().expect("valid");
        let saved = breaker.snapshot().saved().expect("open");
        let elsewhere = other.restore(&saved).expect_err("another breaker's");
        let texts = [
            refusal.to_string(),
            heard.last().to_string(),
            elsewhere.to_string(),
            format!("{refusal:?} {breaker:?} {saved:?} {elsewhere:?}"),
        ];
        for text in texts {
            assert!(!text.contains(obeyed), "{text:?} would break a line of a log");
        }
        assert_eq!(breaker.snapshot().name, name);
        assert!(fluxgate::find(name).is_some());
    }
}

#[test]
fn many_breakers_of_one_name_live_side_by_side() {
    let _alone = fixture::alone();
    let build = || CircuitBreaker::builder("hostile: twins").build().expect("valid");
    let twins: Vec<_> = (0..100).map(|_| build()).collect();
    twins[50].force_open();
    assert_eq!(twins.iter().filter(|twin| twin.state() == State::ForcedOpen).count(), 1);
    let listed = || fluxgate::breakers().filter(|breaker| breaker.name() == "hostile: twins").count();
    assert_eq!(listed(), 100);
    drop(twins);
    assert_eq!(listed(), 0);
}

#[test]
fn durations_may_be_at_their_limits() {
    for longest in [CENTURY, CENTURY * 5, LONGEST] {
        let shorter = longest - Duration::from_nanos(1);
        let fixture = Fixture::new(|builder| {
            builder
                .window(window::time(longest))
                .trip(
                    trip::min(2) & (trip::slow_rate(1.0, shorter) | trip::avg_latency(shorter))
                        | trip::failures(3),
                )
                .retry(retry::cooldown(longest).jitter(0.99))
                .permit(permit::ramp_up(0.1, 1.0, longest))
                .half_open_timeout(longest)
        });
        fixture.call(Outcome::Success, CENTURY).expect("closed");
        fixture.fail(3);
        assert_eq!(fixture.state(), State::Open);
        let left = fixture.refusal().retry_after().expect("a cooldown ends");
        assert!((longest.mul_f64(0.01) - seconds(1)..=LONGEST).contains(&left), "{left:?} of {longest:?}");
        fixture.advance(CENTURY);
        let snapshot = fixture.breaker.snapshot();
        let remaining = left.saturating_sub(YEAR);
        assert_eq!(
            (snapshot.since, snapshot.retry_after),
            (YEAR, Some(remaining)),
            "a jump is a year at most"
        );
    }
}

#[test]
fn the_shortest_durations_work() {
    let (nano, micro) = (Duration::from_nanos(1), Duration::from_micros(1));
    let fixture = Fixture::new(|builder| {
        builder
            .window(window::time(Duration::from_micros(10)))
            .trip(trip::min(2) & (trip::slow_rate(1.0, micro) | trip::avg_latency(micro)))
            .retry(retry::cooldown(nano).jitter(0.5))
            .permit(permit::ramp_up(1.0, 1.0, nano))
            .half_open_timeout(millis(1))
    });
    for round in 0..1_000 {
        // Two hundred slow calls, then two hundred fast ones.
        let duration = if round / 100 % 2 == 0 { micro } else { Duration::ZERO };
        for outcome in [Outcome::Success, Outcome::Failure] {
            let _ = fixture.call(outcome, duration);
            fixture.advance(2 * nano);
        }
    }
    let steps = fixture.heard.steps();
    for step in [
        (State::Closed, State::Open),
        (State::Open, State::HalfOpen),
        (State::HalfOpen, State::Open),
        (State::HalfOpen, State::Closed),
    ] {
        assert!(steps.contains(&step), "{step:?} of {steps:?}");
    }
}

/// Regression: `2.0 ** 1024` overflows after days of outage.
#[test]
fn a_backoff_survives_ten_thousand_reopenings() {
    for (multiplier, max) in
        [(2.0, seconds(300)), (1e300, Duration::from_nanos(u64::MAX)), (1.0, seconds(10))]
    {
        let rule = trip::failure_streak(1);
        let fixture = Fixture::new(|builder| {
            builder.trip(rule).retry(retry::backoff(seconds(10)).multiplier(multiplier).max(max).jitter(0.5))
        });
        fixture.trip();
        for reopens in 0..10_000 {
            let snapshot = fixture.breaker.snapshot();
            assert_eq!(snapshot.reopens, reopens);
            let left = snapshot.retry_after.expect("a backoff ends");
            assert!(left <= max && left >= seconds(5).min(max), "{left:?}");
            if left > CENTURY {
                break;
            }
            fixture.advance(left);
            fixture.fail(1);
        }
    }
}

#[test]
fn a_custom_retry_may_return_anything() {
    fn for_ever(_: u32) -> Duration {
        Duration::MAX
    }
    fn at_once(_: u32) -> Duration {
        Duration::ZERO
    }
    let fixture = Fixture::new(|builder| builder.retry(retry::custom(for_ever)));
    fixture.advance(CENTURY);
    fixture.trip();
    fixture.advance(CENTURY);
    assert!(fixture.refusal().retry_after().is_some_and(|left| left > CENTURY));
    let fixture = Fixture::new(|builder| builder.retry(retry::custom(at_once)));
    fixture.trip();
    assert!(fixture.breaker.acquire().is_ok());
}

#[test]
fn a_clock_may_jump_a_century() {
    let fixture =
        Fixture::new(|builder| builder.window(window::time(seconds(10))).half_open_timeout(seconds(60)));
    fixture.fail(9);
    fixture.advance(CENTURY);
    fixture.fail(1);
    assert_eq!((fixture.state(), fixture.counts()), (State::Closed, (1, 1)));
    fixture.fail(9);
    assert_eq!(fixture.state(), State::Open);
    fixture.advance(CENTURY);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::HalfOpen);
    let hung = fixture.breaker.acquire().expect("a slot");
    fixture.advance(CENTURY);
    assert_eq!(fixture.refusal().state(), State::Open);
    drop(hung);
    fixture.advance(CENTURY);
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
    fixture.call(Outcome::Success, CENTURY).expect("closed");
}

#[test]
fn a_clock_may_stand_still() {
    let fixture = Fixture::new(|builder| {
        builder
            .window(window::time(seconds(10)))
            .trip(trip::min(10) & (trip::failure_rate(0.5) | trip::avg_latency(seconds(1))))
    });
    fixture.succeed(10_000);
    fixture.fail(10_000);
    assert_eq!(fixture.state(), State::Open);
    assert_eq!(fixture.refusal().retry_after(), Some(seconds(60)));
}

#[test]
fn a_clock_may_go_backwards() {
    let clock = SetClock::default();
    let hour = 3_600_000_000_000;
    clock.set(10 * hour);
    let breaker = CircuitBreaker::builder("backwards")
        .window(window::time(seconds(10)))
        .trip(trip::min(10) & (trip::failure_rate(0.5) | trip::avg_latency(seconds(1))))
        .retry(retry::cooldown(seconds(60)))
        .permit(permit::ramp_up(1.0, 1.0, seconds(60)))
        .half_open_timeout(seconds(300))
        .clock(clock.clone())
        .build()
        .expect("valid");
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..20_000 {
        clock.set(random.u64(0..20 * hour));
        match breaker.acquire() {
            Ok(call) => {
                clock.set(random.u64(0..20 * hour));
                call.record(if random.bool() { Outcome::Failure } else { Outcome::Success });
            }
            Err(refusal) => {
                assert!(refusal.retry_after().is_none_or(|left| left <= seconds(60) + seconds(20 * 3_600)));
            }
        }
        let metrics = breaker.metrics();
        assert!(metrics.failures() <= metrics.total());
        breaker.snapshot();
    }
    // Once time moves forward again, so does the breaker.
    for minute in 0..30 {
        clock.set(20 * hour + minute * 60_000_000_000);
        for _ in 0..20 {
            if let Ok(call) = breaker.acquire() {
                call.success();
            }
        }
    }
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn the_largest_windows_trip_on_the_last_call() {
    let rule = trip::min(1_000_000) & trip::failure_rate(1.0);
    let fixture = Fixture::new(|builder| builder.window(window::count(1_000_000)).trip(rule));
    fixture.fail(999_999);
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);

    let fixture = Fixture::new(|builder| builder.window(window::time(CENTURY).buckets(1_000)));
    fixture.fail(9);
    fixture.advance(CENTURY / 2);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn counts_may_be_at_their_limits() {
    let most = 1_000_000;
    let rule = trip::min(most) & trip::failure_rate(1.0) | trip::failures(most) | trip::failure_streak(most);
    let fixture = Fixture::new(|builder| {
        builder.window(window::time(seconds(10))).trip(rule).max_half_open_calls(u32::MAX)
    });
    fixture.fail(1_000);
    assert_eq!(fixture.state(), State::Closed);
    assert_eq!(fixture.breaker.snapshot().trial, most);
}

#[test]
fn all_user_functions_may_panic() {
    fn condition(_: &fluxgate::Metrics) -> bool {
        resume_unwind(Box::new("condition"))
    }
    fn delay(_: u32) -> Duration {
        resume_unwind(Box::new("delay"))
    }
    fn admits(_: Duration) -> bool {
        resume_unwind(Box::new("permit"))
    }
    let fixture = Fixture::new(|builder| {
        builder
            .trip(trip::custom(condition) & trip::min(3) | trip::failure_streak(3))
            .retry(retry::custom(delay))
            .permit(permit::custom(admits))
            .max_half_open_calls(1)
            .listener(|_: &fluxgate::Transition| resume_unwind(Box::new("listener")))
    });
    for _ in 0..5 {
        fixture.trip();
        fixture.wait();
        fixture.fail(3);
        assert_eq!(fixture.state(), State::Open);
        fixture.wait();
        fixture.succeed(3);
        assert_eq!(fixture.state(), State::Closed);
        fixture.advance(seconds(1_000));
    }
    assert_eq!(fixture.heard.steps().len(), 25);
}

#[test]
fn fifty_thousand_calls_may_be_held_at_once() {
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(50_001)));
    let held: Vec<_> = (0..50_000).map(|_| fixture.breaker.acquire().expect("closed")).collect();
    held.into_iter().for_each(fluxgate::Call::failure);
    assert_eq!(fixture.breaker.metrics().failure_streak(), 50_000);
    fixture.call(Outcome::Failure, millis(1)).expect("closed");
    assert_eq!(fixture.state(), State::Open);
}

/// Regression: on a clock that advances while admission is decided, a due call was never decided.
#[test]
fn a_trial_may_be_shorter_than_a_reading_of_the_clock() {
    /// A millisecond passes with each reading.
    struct Ticking(AtomicU64);

    impl Clock for Ticking {
        fn now(&self) -> Duration {
            Duration::from_millis(self.0.fetch_add(1, Ordering::SeqCst))
        }
    }

    for retry in [retry::always(), retry::cooldown(Duration::from_nanos(1))] {
        let breaker = CircuitBreaker::builder("hostile: short")
            .trip(trip::failure_streak(1))
            .retry(retry)
            .permit(permit::all())
            .half_open_timeout(millis(1))
            .clock(Ticking(AtomicU64::new(0)))
            .build()
            .expect("valid");
        breaker.acquire().expect("closed").failure();
        // Due by now, or soon.
        let probe = std::iter::repeat_with(|| breaker.acquire()).find_map(Result::ok).expect("it is due");
        assert_eq!(probe.state(), State::HalfOpen);
        probe.success();
        // The probe took longer than the trial allows.
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.state, snapshot.reopens, snapshot.late), (State::Open, 1, 1));
    }
}
