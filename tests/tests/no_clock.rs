//! What a breaker does without a clock, as on `wasm32-unknown-unknown`. `scripts/no-clock.sh` simulates that on this target.
#![cfg(fluxgate_no_clock)]

use std::time::Duration;

use fluxgate::http::retry_after;
use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Clock, Event, Outcome, State, circuit_breaker, permit, retry, trip, window};
use fluxgate_tests::failure::Failure;

#[circuit_breaker(window = count(10), trip = "min(10) & failure_rate(0.5)", handle = GUARDED)]
fn guarded(works: bool) -> Result<(), Failure> {
    if works { Ok(()) } else { Err(Failure::Down) }
}

/// The error of everything that needs a clock.
#[circuit_breaker(
    window = time(10s),
    trip = "min(4) & (slow_rate(0.5, 1s) | avg_latency(1s)) | failures(5)",
    retry = backoff(1s, jitter = 0.5),
    half_open_timeout = 2s,
    handle = TIMED
)]
fn timed(works: bool) -> Result<(), Failure> {
    if works { Ok(()) } else { Err(Failure::Down) }
}

/// One test, since the clock it finally sets belongs to the process.
#[test]
fn a_breaker_works_without_a_clock_as_far_as_it_can() {
    attributes_open_until_a_command();
    what_needs_no_clock_recovers();
    build_refuses_what_needs_one();
    nothing_asks_for_the_time();
    a_clock_may_be_set_late();
}

fn attributes_open_until_a_command() {
    for (breaker, call) in
        [(&GUARDED, guarded as fn(bool) -> Result<(), Failure>), (&TIMED, timed as fn(bool) -> _)]
    {
        for _ in 0..2 {
            for _ in 0..100 {
                call(true).expect("closed");
            }
            while breaker.state() == State::Closed {
                call(false).expect_err("it fails");
            }
            for _ in 0..1_000 {
                let Err(Failure::NotPermitted(refusal)) = call(true) else { panic!("it is open") };
                assert_eq!(refusal.retry_after(), None, "it never tries again by itself");
            }
            let snapshot = breaker.snapshot();
            assert_eq!((snapshot.since, snapshot.retry_after), (Duration::ZERO, None));
            breaker.reset();
            assert_eq!(breaker.state(), State::Closed);
        }
    }
}

fn what_needs_no_clock_recovers() {
    for permit in [permit::all(), permit::random(0.5)] {
        let breaker = CircuitBreaker::builder("no clock")
            .trip(trip::failure_streak(2))
            .retry(retry::always())
            .permit(permit)
            .build()
            .expect("nothing needs a clock");
        for outcome in [Outcome::Failure, Outcome::Success] {
            for _ in 0..1_000 {
                if let Ok(call) = breaker.acquire() {
                    call.record(outcome);
                }
            }
        }
        assert_eq!(breaker.state(), State::Closed);
    }
    // The default ramp takes no time.
    static EAGER: CircuitBreaker = fluxgate::breaker!(trip = failure_streak(1), retry = always);
    EAGER.acquire().expect("closed").failure();
    std::iter::repeat_with(|| EAGER.acquire()).find_map(Result::ok).expect("half-open").success();
    assert_eq!(EAGER.state(), State::Closed);
}

fn build_refuses_what_needs_one() {
    let minute = Duration::from_secs(60);
    let error = CircuitBreaker::builder("no clock")
        .window(window::time(minute))
        .trip(trip::min(1) & trip::slow_rate(0.5, minute / 2))
        .build()
        .expect_err("all of it needs a clock");
    for setting in [
        "`window = time(1m)`",
        "`trip = min(1) & slow_rate(0.5, 30s)`",
        "`retry = cooldown(1m)`",
        "`permit = ramp_up(0.1, 1.0, 1m)`",
    ] {
        let expected = format!(
            "{setting} needs a clock, and there is none on this target\nhelp: `fluxgate::set_clock(..)`"
        );
        assert!(error.to_string().contains(&expected), "{error}");
    }

    let rule = trip::failing_for(minute) | trip::failure_streak(100);
    let failing = CircuitBreaker::builder("no clock").trip(rule).retry(retry::never()).permit(permit::all());
    let error = failing.build().expect_err("it needs a clock");
    assert!(error.to_string().contains("needs a clock") && error.problems().len() == 1, "{error}");

    let clock = ManualClock::new();
    let breaker =
        CircuitBreaker::builder("a clock of its own").trip(trip::failure_streak(1)).clock(clock.clone());
    let breaker = breaker.permit(permit::all()).build().expect("it has one");
    breaker.acquire().expect("closed").failure();
    assert_eq!(breaker.snapshot().retry_after, Some(minute));
    clock.advance(minute);
    breaker.acquire().expect("due").success();
    assert_eq!(breaker.state(), State::Closed);
}

/// Regression: these asked the system, which panics where it has no clock.
fn nothing_asks_for_the_time() {
    let mut events = fluxgate::events();
    GUARDED.force_open();
    GUARDED.reset();
    for to in [State::ForcedOpen, State::Closed] {
        let event = events.recv_timeout(Duration::MAX).expect("it is there");
        assert!(matches!(event, Event::Transition(transition) if transition.to == to));
    }
    assert!(events.recv_timeout(Duration::MAX).is_none());
}

/// The only clock to compare a date with is the date of the response.
#[test]
fn a_date_is_relative_to_the_date_of_its_response() {
    let value = |text: &'static str| http::HeaderValue::from_static(text);
    let mut headers = http::HeaderMap::new();
    headers.insert(http::header::RETRY_AFTER, value("Fri, 31 Dec 9999 23:59:59 GMT"));
    assert_eq!(retry_after(&headers), None);
    headers.insert(http::header::DATE, value("Fri, 31 Dec 9999 23:59:50 GMT"));
    assert_eq!(retry_after(&headers), Some(Duration::from_secs(9)));
}

fn a_clock_may_be_set_late() {
    let clock = ManualClock::new();
    clock.advance(Duration::from_secs(1_000));
    fluxgate::set_clock(clock.clone()).expect("there is none");
    fluxgate::set_clock(clock.clone()).expect_err("now there is");
    CircuitBreaker::builder("a clock of the process").build().expect("there is a clock");
    for _ in 0..10 {
        guarded(false).expect_err("it fails");
    }
    assert_eq!(GUARDED.snapshot().retry_after, Some(Duration::from_secs(60)));
    clock.advance(Duration::from_secs(60));
    // The pause is over, so this makes it half-open, admitted or not.
    let _ = guarded(true);
    assert_eq!(GUARDED.state(), State::HalfOpen);
    assert_eq!(clock.now(), Duration::from_secs(1_060));
}
