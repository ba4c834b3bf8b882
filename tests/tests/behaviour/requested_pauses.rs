//! A dependency that asks to be left alone, as with `Retry-After`, gets its wish.

use std::time::Duration;

use fluxgate::{CircuitBreaker, Outcome, State, permit, retry, trip};
use fluxgate_tests::fixture::{Fixture, micros, seconds};

const MINUTES: Duration = seconds(120);

fn failing_for(breaker: &CircuitBreaker, pause: Duration) {
    breaker.acquire().expect("the call should be admitted").failure_for(pause);
}

/// The pause of a breaker that has just opened.
#[track_caller]
fn pause(breaker: &CircuitBreaker) -> Duration {
    let snapshot = breaker.snapshot();
    assert_eq!(snapshot.state, State::Open);
    snapshot.retry_after.expect("a pause that ends")
}

#[track_caller]
fn is_requested(breaker: &CircuitBreaker, requested: Duration) {
    let pause = pause(breaker);
    assert!((requested..=requested.mul_f64(1.1) + micros(1)).contains(&pause), "{pause:?} of {requested:?}");
}

fn tripping_after(failures: u32) -> Fixture {
    Fixture::with_rule(trip::failures(failures))
}

#[test]
fn the_tripping_failure_sets_the_pause_longer_or_shorter_than_retry() {
    for requested in [MINUTES, seconds(1), Duration::from_nanos(1)] {
        let fixture = tripping_after(3);
        fixture.fail(2);
        failing_for(&fixture.breaker, requested);
        is_requested(&fixture.breaker, requested);
        assert_eq!(fixture.heard.last().retry_after, Some(pause(&fixture.breaker)), "listeners hear of it");
    }
}

#[test]
fn requests_of_failures_that_do_not_trip_are_ignored() {
    let fixture = tripping_after(3);
    failing_for(&fixture.breaker, MINUTES);
    failing_for(&fixture.breaker, MINUTES);
    assert_eq!(
        (fixture.counts(), fixture.state()),
        ((2, 2), State::Closed),
        "they are failures all the same"
    );
    fixture.fail(1);
    assert_eq!(pause(&fixture.breaker), seconds(60));
}

#[test]
fn a_failing_trial_asks_again() {
    let fixture = Fixture::new(|builder| builder.trip(trip::failures(2)).retry(retry::backoff(seconds(10))));
    fixture.trip();
    fixture.wait();
    failing_for(&fixture.breaker, seconds(7));
    assert_eq!(fixture.state(), State::HalfOpen);
    failing_for(&fixture.breaker, MINUTES);
    is_requested(&fixture.breaker, MINUTES);
    fixture.wait();
    fixture.fail(2);
    assert_eq!(pause(&fixture.breaker), seconds(40), "its re-openings count");
    fixture.wait();
    fixture.succeed(2);
    assert_eq!(fixture.state(), State::Closed, "and a healthy service gets its calls back");
}

#[test]
fn a_failing_ramp_asks_again() {
    let ramp = permit::ramp_up(1.0, 1.0, seconds(600));
    let fixture = Fixture::new(|builder| builder.trip(trip::failures(2)).permit(ramp));
    fixture.before_trial();
    fixture.succeed(2);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::HalfOpen);
    failing_for(&fixture.breaker, MINUTES);
    is_requested(&fixture.breaker, MINUTES);
}

#[test]
fn requests_are_capped_at_an_hour_and_zero_requests_nothing() {
    for (requested, expected) in [
        (Duration::ZERO, seconds(60)),
        (seconds(3_600), seconds(3_600)),
        (seconds(86_400), seconds(3_600)),
        (Duration::MAX, seconds(3_600)),
    ] {
        let fixture = tripping_after(1);
        failing_for(&fixture.breaker, requested);
        assert_eq!(pause(&fixture.breaker), expected, "{requested:?}");
    }
}

#[test]
fn clients_do_not_come_back_all_at_once() {
    let fixture = tripping_after(1);
    let mut pauses: Vec<_> = (0..50)
        .map(|_| {
            failing_for(&fixture.breaker, MINUTES);
            let pause = pause(&fixture.breaker);
            fixture.breaker.reset();
            fixture.advance(micros(1));
            pause
        })
        .collect();
    pauses.sort_unstable();
    pauses.dedup();
    assert!(pauses.len() > 40, "{pauses:?}");
}

#[test]
fn retries_decide_only_if_the_dependency_requested_nothing() {
    fn unasked(_: u32) -> Duration {
        unreachable!("the dependency has said it")
    }
    for retry in [retry::always(), retry::cooldown(seconds(9)).jitter(0.5), retry::custom(unasked)] {
        let fixture = Fixture::new(|builder| builder.trip(trip::failures(1)).retry(retry));
        failing_for(&fixture.breaker, MINUTES);
        is_requested(&fixture.breaker, MINUTES);
    }
    let fixture = Fixture::new(|builder| builder.trip(trip::failures(1)).retry(retry::never()));
    failing_for(&fixture.breaker, MINUTES);
    assert_eq!(fixture.breaker.snapshot().retry_after, None, "only a command ends it");
}

#[test]
fn a_request_survives_a_rule_that_calls_a_function() {
    let rule = trip::min(2) & trip::custom(|metrics| metrics.failures() >= 2);
    let fixture = Fixture::with_rule(rule);
    fixture.fail(1);
    failing_for(&fixture.breaker, MINUTES);
    is_requested(&fixture.breaker, MINUTES);
}

/// On every path that records failures, with or without the lock, none is lost and none is counted twice.
#[test]
fn failures_with_requests_are_counted_like_others() {
    for is_counted in [false, true] {
        let fixture =
            Fixture::new(|builder| builder.window(fluxgate::window::count(1_000)).trip(trip::failures(500)));
        if is_counted {
            fixture.breaker.count_calls();
        }
        for nth in 0..499 {
            match nth % 3 {
                0 => failing_for(&fixture.breaker, MINUTES),
                1 => fixture.fail(1),
                _ => {
                    fixture.fail(1);
                    fixture.succeed(1);
                }
            }
        }
        assert_eq!((fixture.counts().1, fixture.state()), (499, State::Closed));
        failing_for(&fixture.breaker, MINUTES);
        is_requested(&fixture.breaker, MINUTES);
    }
}

#[test]
fn a_late_request_is_ignored() {
    let fixture = tripping_after(1);
    let call = fixture.breaker.acquire().expect("closed");
    let owned = fixture.breaker.acquire_owned().expect("closed");
    fixture.fail(1);
    call.failure_for(MINUTES);
    owned.failure_for(MINUTES);
    assert_eq!((pause(&fixture.breaker), fixture.breaker.snapshot().late), (seconds(60), 2));
}

#[test]
fn owned_calls_ask_too() {
    let fixture = tripping_after(1);
    fixture.breaker.acquire_owned().expect("closed").failure_for(MINUTES);
    is_requested(&fixture.breaker, MINUTES);
}

#[test]
fn a_breaker_that_only_watches_ignores_requests() {
    let fixture = tripping_after(1);
    fixture.breaker.disable();
    failing_for(&fixture.breaker, MINUTES);
    assert_eq!((fixture.state(), fixture.breaker.snapshot().late), (State::Disabled, 0));
    fixture.breaker.metrics_only();
    failing_for(&fixture.breaker, MINUTES);
    fixture.call(Outcome::Success, Duration::ZERO).expect("it only reports");
    assert_eq!(fixture.counts(), (2, 1));
}

mod attribute {
    use std::time::Duration;

    use fluxgate::testing::isolate;
    use fluxgate::{CallNotPermitted, CircuitBreaker, State, breaker, circuit_breaker};
    use fluxgate_tests::fixture::seconds;

    use super::{MINUTES, is_requested, pause};

    #[derive(Debug)]
    enum Failure {
        Down,
        Unavailable(Option<Duration>),
        NotFound,
        Refused,
    }

    impl From<CallNotPermitted> for Failure {
        fn from(_: CallNotPermitted) -> Self {
            Self::Refused
        }
    }

    impl Failure {
        fn retry_after(&self) -> Option<Duration> {
            match self {
                Self::Unavailable(pause) => *pause,
                Self::NotFound => Some(seconds(5_000)),
                Self::Down | Self::Refused => None,
            }
        }
    }

    fn asks() -> Failure {
        Failure::Unavailable(Some(seconds(120)))
    }

    #[circuit_breaker(
        handle = FETCH,
        trip = failures(2),
        retry = from_error(Failure::retry_after, otherwise = backoff(10s, max = 30s)),
    )]
    fn fetch(error: Failure) -> Result<(), Failure> {
        Err(error)
    }

    #[test]
    fn the_error_of_the_tripping_failure_says_how_long() {
        let _clock = isolate();
        let _ = fetch(Failure::Down);
        let _ = fetch(asks());
        is_requested(&FETCH, seconds(120));
        FETCH.reset();
        let _ = fetch(asks());
        let _ = fetch(Failure::Down);
        assert_eq!(pause(&FETCH), seconds(10), "otherwise");
        FETCH.reset();
        let _ = fetch(asks());
        let _ = fetch(Failure::Unavailable(None));
        assert_eq!(pause(&FETCH), seconds(10), "otherwise");
    }

    #[circuit_breaker(
        handle = TRACKED,
        trip = failures(1),
        success = matches(Failure::NotFound),
        retry = "from_error(|error| error.retry_after().filter(|pause| !pause.is_zero()))",
    )]
    async fn tracked(error: Failure) -> Result<(), Failure> {
        Err(error)
    }

    #[tokio::test]
    async fn trackers_decide_what_is_a_failure_and_the_default_is_a_minute() {
        let _clock = isolate();
        let _ = tracked(Failure::NotFound).await;
        assert_eq!(TRACKED.state(), State::Closed, "a success asks for nothing");
        let _ = tracked(Failure::Unavailable(Some(seconds(7)))).await;
        is_requested(&TRACKED, seconds(7));
        TRACKED.reset();
        let _ = tracked(Failure::Down).await;
        assert_eq!(pause(&TRACKED), seconds(60));
    }

    fn panics(_: &Failure) -> Option<Duration> {
        panic!("the user's own")
    }

    #[circuit_breaker(
        handle = HANDLED,
        trip = failures(1),
        retry = from_error(panics, otherwise = cooldown(3s)),
        fallback = |_| Ok(7),
        track = all,
    )]
    fn handled() -> Result<u32, Failure> {
        Err(asks())
    }

    #[circuit_breaker(
        handle = PASSING,
        trip = failures(1),
        retry = from_error(|_| Some(seconds(5))),
        max_half_open_calls = 1,
    )]
    fn passes_a_refusal_on() -> Result<(), CallNotPermitted> {
        let inner = || PASSING.acquire().map(fluxgate::Call::success);
        std::thread::scope(|scope| scope.spawn(inner).join()).expect("it does not panic")
    }

    /// On another thread, a call is no part of the probe, and finds no room in the trial. That is no fault of the dependency.
    #[test]
    fn a_refusal_by_the_same_breaker_requests_nothing() {
        PASSING.open_for(Duration::ZERO);
        assert!(passes_a_refusal_on().is_err());
        assert_eq!((PASSING.state(), PASSING.metrics().total()), (State::HalfOpen, 0));
    }

    #[test]
    fn a_function_that_panics_requests_nothing() {
        let _clock = isolate();
        assert!(matches!(handled(), Ok(7)));
        assert_eq!(pause(&HANDLED), seconds(3));
    }

    #[circuit_breaker(handle = FUTURE, trip = failures(1), retry = from_error(Failure::retry_after))]
    fn future() -> impl Future<Output = Result<(), Failure>> {
        async { Err(asks()) }
    }

    #[circuit_breaker(handle = EAGER, trip = failures(1), retry = from_error(Failure::retry_after))]
    fn eager() -> impl Future<Output = Result<(), Failure>> {
        let error = asks();
        async { Err(error) }
    }

    #[circuit_breaker(handle = BOXED, trip = failures(1), retry = from_error(Failure::retry_after))]
    fn boxed() -> std::pin::Pin<Box<dyn Future<Output = Result<(), Failure>>>> {
        Box::pin(async { Err(asks()) })
    }

    #[tokio::test]
    async fn every_form_of_function_asks() {
        let _clock = isolate();
        let _ = future().await;
        let _ = eager().await;
        let _ = boxed().await;
        for breaker in [&FUTURE, &EAGER, &BOXED] {
            is_requested(breaker, seconds(120));
        }
    }

    static SHARED: CircuitBreaker = breaker!(trip = failures(1), retry = cooldown(10s));

    struct Asks(Option<Duration>);

    impl From<CallNotPermitted> for Asks {
        fn from(_: CallNotPermitted) -> Self {
            Self(None)
        }
    }

    #[circuit_breaker(breaker = SHARED, retry = from_error(|error| error.0))]
    fn asking(pause: Option<Duration>) -> Result<(), Asks> {
        Err(Asks(pause))
    }

    #[circuit_breaker(breaker = SHARED)]
    fn asking_in_vain() -> Result<(), Asks> {
        Err(Asks(Some(MINUTES)))
    }

    /// Each function extracts requests from its own errors; they share the breaker, and its retry where nothing is requested.
    #[test]
    fn functions_that_share_a_breaker_ask_their_own_errors() {
        let _isolation = isolate();
        let _ = asking(Some(MINUTES));
        is_requested(&SHARED, MINUTES);
        SHARED.reset();
        let _ = asking(None);
        assert_eq!(pause(&SHARED), seconds(10));
        SHARED.reset();
        let _ = asking_in_vain();
        assert_eq!(pause(&SHARED), seconds(10));
    }
}
