//! A refusal says what is wrong, why, and how long it lasts.

use std::error::Error as _;

use fluxgate::testing::ManualClock;
use fluxgate::{CallNotPermitted, CircuitBreaker, Error, State, permit, retry, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

fn payments(rule: trip::Rule) -> (CircuitBreaker, ManualClock) {
    let clock = ManualClock::new();
    let breaker = CircuitBreaker::builder("payments")
        .window(window::count(10))
        .trip(rule)
        .permit(permit::all())
        .retry(retry::cooldown(seconds(60)))
        .max_half_open_calls(1)
        .clock(clock.clone())
        .build()
        .expect("valid");
    (breaker, clock)
}

fn refused(breaker: &CircuitBreaker) -> CallNotPermitted {
    breaker.acquire().map(fluxgate::Call::ignore).expect_err("it should be refused")
}

#[test]
fn says_which_condition_held_with_its_figures() {
    let (breaker, clock) = payments(trip::min(10) & trip::failure_rate(0.5));
    for _ in 0..4 {
        breaker.acquire().expect("closed").success();
    }
    // The tenth call completes the evidence, which has 6 failures.
    for _ in 0..6 {
        breaker.acquire().expect("closed").failure();
    }
    clock.advance(seconds(18));
    assert_eq!(
        refused(&breaker).to_string(),
        "circuit breaker `payments` is open: 6 of the last 10 calls failed (60% >= 50%); next attempt in 42s"
    );
}

/// Regression: `next attempt in 90061s`.
#[test]
fn says_a_long_wait_in_two_units_and_never_too_short() {
    let (breaker, _clock) = payments(trip::failure_streak(1));
    for (wait, said) in [(59, "59s"), (90, "1m 30s"), (5_399, "1h 30m"), (7_201, "2h 1m"), (90_061, "1d 2h")]
    {
        breaker.open_for(seconds(wait));
        let text = format!("circuit breaker `payments` is open: opened by command; next attempt in {said}");
        assert_eq!(refused(&breaker).to_string(), text);
    }
}

#[test]
fn knows_the_breaker_its_state_and_the_wait() {
    let (breaker, clock) = payments(trip::failure_streak(1));
    breaker.acquire().expect("closed").failure();
    clock.advance(seconds(18));
    let refusal = refused(&breaker);
    assert_eq!(refusal.breaker(), "payments");
    assert_eq!(refusal.state(), State::Open);
    assert_eq!(refusal.retry_after(), Some(seconds(42)));
    // What people see when they unwrap it.
    assert_eq!(
        format!("{refusal:?}"),
        "CallNotPermitted { breaker: \"payments\", state: Open, retry_after: Some(42s), \
         reason: Some(Tripped(Cause(1 failed in a row (1 >= 1)))) }"
    );
    breaker.reset();
    breaker.open_for(seconds(42));
    assert_eq!(
        format!("{:?}", refused(&breaker)),
        "CallNotPermitted { breaker: \"payments\", state: Open, retry_after: Some(42s), reason: Some(OpenFor) }"
    );
}

#[test]
fn in_every_state_that_refuses_it_names_the_state() {
    let (breaker, clock) = payments(trip::failure_streak(2));
    for _ in 0..2 {
        breaker.acquire().expect("closed").failure();
    }
    clock.advance(seconds(60));
    let probe = breaker.acquire().expect("due");
    let refusal = refused(&breaker);
    assert_eq!(refusal.state(), State::HalfOpen);
    let text = refusal.to_string();
    let said =
        "circuit breaker `payments` is half-open: it admits only some calls while it tries; next attempt in ";
    assert!(text.starts_with(said), "{text}");
    probe.ignore();
    breaker.force_open();
    let refusal = refused(&breaker);
    assert_eq!((refusal.state(), refusal.retry_after()), (State::ForcedOpen, None));
    assert_eq!(refusal.to_string(), "circuit breaker `payments` is forced open");
}

/// Regression: a refusal of a breaker that its rule had not opened did not say why.
#[test]
fn it_says_what_opened_the_breaker_if_that_was_not_the_rule() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
    let said = || fixture.refusal().to_string();
    fixture.breaker.trip();
    let by_command = "circuit breaker `fixture` is open: opened by command; next attempt in 1m";
    assert_eq!(said(), by_command);
    assert_eq!(fixture.refusal().cause(), None, "a command is no condition");
    let saved = fixture.breaker.snapshot().saved().expect("it is open");
    fixture.wait();
    let hung = fixture.breaker.acquire().expect("a slot");
    fixture.advance(seconds(20));
    let hung_calls =
        "circuit breaker `fixture` is open: the calls of the trial take too long; next attempt in 1m";
    assert_eq!(said(), hung_calls);
    drop(hung);
    fixture.breaker.reset();
    fixture.breaker.restore(&saved).expect("it is the same breaker");
    assert!(said().starts_with("circuit breaker `fixture` is open: restored, as it was open before"));
}

/// Regression: a refusal in half-open suggested no wait, so a polite worker tried hundreds of times a second. Now it suggests a tenth
/// of the pause before, give or take a quarter.
#[test]
fn in_half_open_it_suggests_a_short_honest_wait() {
    for (pause, least, most) in [(seconds(60), seconds(6), seconds(9)), (millis(20), millis(10), millis(15))]
    {
        let clock = ManualClock::new();
        let breaker = CircuitBreaker::builder("waits")
            .trip(trip::min(2) & trip::failure_rate(0.5))
            .permit(permit::all())
            .retry(retry::cooldown(pause))
            .max_half_open_calls(1)
            .clock(clock.clone())
            .build()
            .expect("valid");
        for _ in 0..2 {
            breaker.acquire().expect("closed").failure();
        }
        // The drawn pause counts, however late the next call is.
        clock.advance(seconds(8 * 3_600));
        let _probe = breaker.acquire().expect("due");
        let waits: Vec<_> =
            (0..200).map(|_| refused(&breaker).retry_after().expect("it tells one")).collect();
        assert!(waits.iter().all(|wait| (least..=most).contains(wait)), "{waits:?}");
        let (shortest, longest) = (waits.iter().min().expect("some"), waits.iter().max().expect("some"));
        assert!(*longest - *shortest > (most - least) / 2, "they are spread: {shortest:?} to {longest:?}");
    }
}

/// The same in the ramp, which refuses at random.
#[test]
fn in_a_ramp_it_suggests_a_short_honest_wait() {
    let fixture = Fixture::new(|builder| {
        builder.trip(trip::failure_streak(1)).permit(permit::ramp_up(0.001, 0.001, seconds(60)))
    });
    fixture.trip();
    fixture.wait();
    fixture.succeed(1);
    let waits: Vec<_> =
        (0..200).filter_map(|_| Some(fixture.breaker.acquire().err()?.retry_after())).collect();
    assert!(waits.len() > 150, "{} refused", waits.len());
    let honest = seconds(6)..=seconds(9);
    assert!(waits.iter().all(|wait| wait.is_some_and(|wait| honest.contains(&wait))), "{waits:?}");
}

/// It is not counted in the state that follows.
#[test]
fn is_counted_in_the_state_that_refused() {
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(2)).max_half_open_calls(1));
    fixture.trip();
    (0..3).for_each(|_| drop(fixture.refusal()));
    assert_eq!(fixture.breaker.snapshot().rejected, 3);
    fixture.wait();
    let hung = fixture.breaker.acquire().expect("due");
    assert_eq!(fixture.breaker.snapshot().rejected, 0);
    (0..2).for_each(|_| drop(fixture.refusal()));
    assert_eq!(fixture.breaker.snapshot().rejected, 2);
    fixture.advance(seconds(60));
    fixture.refusal();
    let snapshot = fixture.breaker.snapshot();
    assert_eq!(
        (snapshot.state, snapshot.rejected),
        (State::Open, 1),
        "the trial had stalled before it was refused"
    );
    drop(hung);
}

#[test]
fn each_condition_has_its_words() {
    let streak = payments(trip::failure_streak(3)).0;
    let failures = payments(trip::failures(3)).0;
    for breaker in [&streak, &failures] {
        for _ in 0..3 {
            breaker.acquire().expect("closed").failure();
        }
    }
    let (slow, clock) = payments(trip::min(2) & trip::slow_rate(0.5, millis(100)));
    let (average, other) = payments(trip::min(2) & trip::avg_latency(millis(100)));
    for (breaker, clock) in [(&slow, clock), (&average, other)] {
        for _ in 0..2 {
            let call = breaker.acquire().expect("closed");
            clock.advance(millis(150));
            call.success();
        }
    }
    for (breaker, cause) in [
        (&streak, "3 failed in a row (3 >= 3)"),
        (&failures, "3 of the last 3 calls failed (3 >= 3)"),
        (&slow, "2 of the last 2 calls took 100ms or longer (100% >= 50%)"),
        (&average, "the last 2 calls took 150ms on average (150ms >= 100ms)"),
    ] {
        assert_eq!(refused(breaker).cause().expect("it tripped").to_string(), cause);
    }
}

#[test]
fn is_an_error_like_any_other() {
    fn is_error<E: std::error::Error + Clone + Send + Sync + 'static>(_: &E) {}
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    let refusal = fixture.refusal();
    is_error(&refusal);
    assert!(size_of_val(&refusal) < 128, "{} bytes, which clippy calls large", size_of_val(&refusal));
    assert_eq!(refusal.clone().to_string(), refusal.to_string());
    assert_eq!(refusal.source().expect("a source").to_string(), "the call was not made");
}

#[test]
fn is_equal_to_one_with_the_same_content() {
    let failing = |name: &'static str, failures: usize, waited: u64| {
        let clock = ManualClock::new();
        let rule = trip::min(3) & trip::failure_rate(0.5);
        let breaker = CircuitBreaker::builder(name).trip(rule).clock(clock.clone()).build().expect("valid");
        for nth in 0..3 {
            let call = breaker.acquire().expect("closed");
            if nth < 3 - failures { call.success() } else { call.failure() }
        }
        clock.advance(seconds(waited));
        refused(&breaker)
    };
    let refusal = failing("payments", 2, 1);
    assert_eq!(refusal, failing("payments", 2, 1));
    assert_ne!(refusal, failing("orders", 2, 1));
    assert_ne!(refusal, failing("payments", 3, 1));
    assert_ne!(refusal, failing("payments", 2, 2));
    assert_eq!(refusal.cause().expect("a cause").condition(), "failure_rate(0.5)");
}

#[test]
fn outlives_its_breaker() {
    let (breaker, _clock) = payments(trip::failure_streak(1));
    breaker.acquire().expect("closed").failure();
    let refusal = refused(&breaker);
    let before = refusal.to_string();
    drop(breaker);
    assert_eq!(refusal.to_string(), before);
    assert_eq!(refusal.breaker(), "payments");
}

#[test]
fn converts_into_the_error_types_that_callers_use() {
    #[derive(Debug, thiserror::Error)]
    enum PaymentError {
        #[error("declined")]
        Declined,
        #[error(transparent)]
        Refused(#[from] CallNotPermitted),
    }
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    let pay = || -> Result<(), PaymentError> {
        fixture.breaker.acquire()?.failure();
        Err(PaymentError::Declined)
    };
    assert!(matches!(pay(), Err(PaymentError::Refused(_))));
    let any = || -> anyhow::Result<()> {
        fixture.breaker.acquire()?.success();
        Ok(())
    };
    assert!(any().expect_err("forced open").downcast_ref::<CallNotPermitted>().is_some());
    let boxed = || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        fixture.breaker.acquire()?.success();
        Ok(())
    };
    assert!(boxed().expect_err("forced open").is::<CallNotPermitted>());
    let io = || -> std::io::Result<()> {
        fixture.breaker.acquire()?.success();
        Ok(())
    };
    assert!(io().expect_err("forced open").get_ref().expect("a cause").is::<CallNotPermitted>());
    let ours = || -> Result<(), Error<&str>> {
        fixture.breaker.acquire()?.success();
        Ok(())
    };
    assert!(matches!(ours(), Err(Error::NotPermitted(_))));
}

#[test]
fn the_error_of_call_says_the_same() {
    let fixture = Fixture::new(|builder| builder);
    let inner = fixture.breaker.call(|| Err::<(), _>(std::io::Error::other("disk full")));
    assert_eq!(inner.expect_err("it failed").to_string(), "disk full");
    fixture.breaker.force_open();
    let refused = fixture.breaker.call(|| Err::<(), _>(std::io::Error::other("disk full")));
    assert_eq!(refused.expect_err("refused").to_string(), fixture.refusal().to_string());
}

/// It prints like the inner error, so the inner error is not its source as well.
#[test]
fn the_error_of_call_has_the_source_of_the_inner_error() {
    #[derive(Debug, thiserror::Error)]
    #[error("while reading")]
    struct Reading(#[from] std::num::ParseIntError);

    let fixture = Fixture::new(|builder| builder);
    let read = || fixture.breaker.call(|| Ok::<_, Reading>("x".parse::<u32>()?)).expect_err("no number");
    assert_eq!(read().source().expect("a source").to_string(), "invalid digit found in string");
    fixture.breaker.force_open();
    assert_eq!(read().source().expect("a source").to_string(), "the call was not made");
}

/// Error enums that derive these traits can hold it.
#[test]
fn can_be_compared_and_hashed() {
    #[derive(Clone, PartialEq, Eq, Hash, Debug)]
    enum Failure {
        NotPermitted(CallNotPermitted),
    }
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    let refusals: std::collections::HashSet<_> =
        (0..3).map(|_| Failure::NotPermitted(fixture.refusal())).collect();
    assert_eq!(refusals.len(), 1);
    let errors: std::collections::HashSet<_> =
        [Error::Inner(1), Error::Inner(1), fixture.refusal().into()].into();
    assert_eq!(errors.len(), 2);
}

#[cfg(feature = "serde")]
#[test]
fn serializes() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    let refusal = fixture.refusal();
    let json = serde_json::to_value(&refusal).expect("json");
    assert_eq!(json["breaker"], refusal.breaker());
    assert_eq!(json["state"], "forced_open");
    assert!(json["retry_after"].is_null());
    assert_eq!(json["message"], refusal.to_string());
    let or = |error: Error<u32>| serde_json::to_value(error).expect("json");
    assert_eq!((or(Error::Inner(7)), or(refusal.into())), (7.into(), json));
}
