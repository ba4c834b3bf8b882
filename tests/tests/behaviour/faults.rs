//! With the feature `chaos`, an injected fault fails or delays calls, and to the breaker such a failure is like any other.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use fluxgate::testing::{isolate, seed};
use fluxgate::{
    CallNotPermitted, CircuitBreaker, Error, Fault, State, breaker, circuit_breaker, trip, window,
};
use fluxgate_tests::fixture::{Fixture, millis, seconds};
use fluxgate_tests::futures::{now, poll};

fn failing() -> Fault {
    Fault::lasting(seconds(60)).fail(1.0)
}

fn call(breaker: &CircuitBreaker) -> Result<(), Error<()>> {
    breaker.call(|| Ok(()))
}

#[track_caller]
fn assert_injected<T, E>(result: Result<T, Error<E>>) {
    assert!(matches!(result, Err(Error::NotPermitted(refusal)) if refusal.is_injected()));
}

#[test]
fn a_failed_call_is_not_made_and_is_a_failure_to_the_breaker() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    fixture.breaker.inject(failing()).unwrap();
    for _ in 0..3 {
        assert_injected(fixture.breaker.call(|| -> Result<(), ()> { panic!("it is not made") }));
    }
    assert_eq!(fixture.state(), State::Open);
    let snapshot = fixture.breaker.snapshot();
    assert_eq!((snapshot.totals.failures, snapshot.totals.refused, snapshot.metrics.failures()), (3, 0, 3));
    // From now on the breaker itself refuses calls, for its own reason.
    let refusal = fixture.refusal();
    assert!(!refusal.is_injected());
    assert_eq!(refusal.cause().unwrap().to_string(), "3 failed in a row (3 >= 3)");
}

#[test]
fn the_error_says_that_it_is_a_drill() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.inject(failing()).unwrap();
    let error = fixture.refusal();
    assert_eq!(
        error.to_string(),
        "circuit breaker `fixture` failed the call: a fault is injected, for a drill"
    );
    assert_eq!((error.state(), error.retry_after(), error.cause()), (State::Closed, None, None));
    assert_eq!(error, error.clone());
    fixture.breaker.clear_fault();
    fixture.breaker.force_open();
    assert_ne!(error, fixture.refusal());
}

#[test]
fn a_fault_ends_by_itself_or_when_it_is_cleared() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.inject(failing()).unwrap();
    fixture.advance(seconds(59));
    assert_injected(call(&fixture.breaker));
    assert_eq!(fixture.breaker.snapshot().fault, Some(Fault::lasting(seconds(1)).fail(1.0)));
    fixture.advance(seconds(1));
    assert_eq!(fixture.breaker.snapshot().fault, None);
    call(&fixture.breaker).unwrap();

    fixture.breaker.inject(failing()).unwrap();
    assert_injected(call(&fixture.breaker));
    fixture.breaker.clear_fault();
    assert_eq!(fixture.breaker.snapshot().fault, None);
    call(&fixture.breaker).unwrap();
    fixture.breaker.clear_fault();
    assert_eq!(fixture.counts(), (4, 2));
}

#[test]
fn a_later_fault_replaces_an_earlier_one() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.inject(failing()).unwrap();
    let rare = Fault::lasting(seconds(10)).fail(0.000_001);
    fixture.breaker.inject(rare).unwrap();
    assert_eq!(fixture.breaker.snapshot().fault, Some(rare));
    seed(1);
    call(&fixture.breaker).unwrap();
}

#[test]
fn a_random_share_of_calls_fails() {
    seed(7);
    let fixture = Fixture::new(|builder| builder.window(window::count(10_000)).trip(trip::failures(10_000)));
    fixture.breaker.inject(Fault::lasting(seconds(60)).fail(0.3)).unwrap();
    let failed = (0..10_000).filter(|_| call(&fixture.breaker).is_err()).count();
    assert!((2_850..3_150).contains(&failed), "{failed} of 10,000");
    assert_eq!(fixture.counts(), (10_000, failed as u64));
}

/// During a fault and after it, the window remembers the same calls as without, although some are counted without the lock.
#[test]
fn the_window_remembers_calls_before_during_and_after() {
    for seed_of in 0..20 {
        seed(seed_of);
        let size = if seed_of % 2 == 0 { 50 } else { 1_000 };
        let rule = trip::min(10) & trip::failure_rate(0.9) | trip::failure_streak(60);
        let fixture = Fixture::new(|builder| builder.window(window::count(size)).trip(rule));
        let mut list = Vec::new();
        for round in 0..10 {
            if round % 2 == 1 {
                fixture.breaker.inject(Fault::lasting(seconds(60)).fail(0.2)).unwrap();
            } else {
                fixture.breaker.clear_fault();
            }
            for _ in 0..300 {
                list.push(call(&fixture.breaker).is_err());
            }
            let recent = &list[list.len().saturating_sub(size)..];
            let failures = recent.iter().filter(|failed| **failed).count() as u64;
            assert_eq!(fixture.counts(), (recent.len() as u64, failures), "seed {seed_of}, round {round}");
        }
        assert_eq!(fixture.breaker.snapshot().late, 0);
    }
}

#[test]
fn probes_fail_and_the_breaker_opens_again() {
    let fixture = Fixture::with_rule(trip::failure_streak(2));
    fixture.trip();
    fixture.wait();
    fixture.breaker.inject(failing()).unwrap();
    assert_injected(call(&fixture.breaker));
    assert_eq!(fixture.state(), State::HalfOpen);
    assert_injected(call(&fixture.breaker));
    assert_eq!((fixture.state(), fixture.breaker.snapshot().reopens), (State::Open, 1));
    // No slot leaked: the next trial passes.
    fixture.breaker.clear_fault();
    fixture.wait();
    fixture.succeed(2);
    assert_eq!(fixture.state(), State::Closed);
}

/// The breaker is closed, and the next call may be made, as in an outage.
#[test]
fn a_failed_call_may_be_tried_again_as_planned() {
    let fixture = Fixture::with_rule(trip::failure_streak(2));
    fixture.breaker.inject(failing()).unwrap();
    let refusal = fixture.refusal();
    assert_eq!((refusal.is_injected(), refusal.retry_after()), (true, None));
    // What people see when they unwrap it.
    let shown = "{ breaker: \"fixture\", state: Closed, retry_after: None, reason: None, is_injected: true }";
    assert_eq!(format!("{refusal:?}"), format!("CallNotPermitted {shown}"));
    assert_eq!(refusal.delay_retry(Some(millis(100))), Some(millis(100)));
    assert_eq!(refusal.delay_retry(None), None);
    fixture.breaker.force_open();
    assert_eq!(fixture.refusal().delay_retry(Some(millis(100))), None);
}

#[test]
fn a_fault_outlives_changes_of_state_and_resets() {
    let fixture = Fixture::with_rule(trip::failure_streak(2));
    fixture.breaker.inject(failing()).unwrap();
    fixture.breaker.reset();
    assert_injected(call(&fixture.breaker));
    fixture.breaker.force_open();
    assert!(!fixture.refusal().is_injected());
    fixture.breaker.disable();
    call(&fixture.breaker).unwrap();
    fixture.breaker.metrics_only();
    assert_injected(call(&fixture.breaker));
    let changes =
        fluxgate::Changes::new().window(window::time(seconds(60))).trip(trip::failures(2)).count_calls(true);
    fixture.breaker.reconfigure(&changes).unwrap();
    assert_injected(call(&fixture.breaker));
    fixture.breaker.reset();
    assert_injected(call(&fixture.breaker));
    assert_eq!(fixture.breaker.snapshot().totals.failures, 4);
}

#[test]
fn calls_admitted_before_the_fault_count_as_usual() {
    let fixture = Fixture::new(|builder| builder);
    let (before, given_up) = (fixture.breaker.acquire().unwrap(), fixture.breaker.acquire().unwrap());
    fixture.breaker.inject(failing()).unwrap();
    before.failure();
    drop(given_up);
    assert_eq!((fixture.counts(), fixture.breaker.snapshot().late), ((1, 1), 0));
}

#[test]
fn a_call_within_a_call_may_fail_by_itself() {
    let fixture = Fixture::new(|builder| builder);
    let outer: Result<(), Error<Error<()>>> = fixture.breaker.call(|| {
        fixture.breaker.inject(failing()).unwrap();
        call(&fixture.breaker)
    });
    assert!(matches!(outer, Err(Error::Inner(Error::NotPermitted(_)))));
    assert_eq!(fixture.breaker.snapshot().totals.failures, 2, "by hand, every error is a failure");
}

static NESTED: CircuitBreaker = breaker!(name = "nested under a fault");

#[circuit_breaker(breaker = NESTED)]
fn outer_function(begin: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    if begin {
        NESTED.inject(failing())?;
        return outer_function(false);
    }
    Ok(())
}

#[test]
fn within_a_function_of_the_same_breaker_the_failure_is_recorded_once() {
    let _isolation = isolate();
    outer_function(true).unwrap_err();
    assert_eq!(NESTED.snapshot().totals.failures, 1);
}

static SHOP: CircuitBreaker = breaker!(name = "shop under a fault", trip = failures(100));

#[circuit_breaker(breaker = SHOP, track = matches(_ if false))]
fn io() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(breaker = SHOP, fallback = |error: std::io::Error| Ok(error.to_string().len() as u32))]
fn with_fallback() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(breaker = SHOP, track = returned(None), rejected = |refusal| refusal.is_injected().then_some(7))]
fn with_rejected() -> Option<u32> {
    Some(1)
}

#[circuit_breaker(breaker = SHOP)]
async fn awaited() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(breaker = SHOP, fallback = async |_| Ok(9))]
async fn with_async_fallback() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(breaker = SHOP)]
fn future() -> std::pin::Pin<Box<dyn Future<Output = std::io::Result<u32>>>> {
    Box::pin(async { Ok(1) })
}

#[test]
fn every_form_of_function_returns_a_refusal_and_records_a_failure() {
    let is_injected = |error: std::io::Error| {
        error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<CallNotPermitted>())
            .is_some_and(CallNotPermitted::is_injected)
    };
    let _isolation = isolate();
    SHOP.inject(failing()).unwrap();
    assert!(is_injected(io().unwrap_err()));
    assert_eq!(with_fallback().unwrap(), 86);
    assert_eq!(with_rejected(), Some(7));
    assert!(is_injected(now(awaited()).unwrap_err()));
    assert_eq!(now(with_async_fallback()).unwrap(), 9);
    assert!(is_injected(now(future()).unwrap_err()));
    assert_injected(now(SHOP.call_async(async { Ok::<_, ()>(1) })));
    assert!(SHOP.acquire_owned().unwrap_err().is_injected());
    assert_eq!(SHOP.snapshot().totals.failures, 8);
}

#[test]
fn a_fault_that_makes_no_sense_is_refused_with_a_reason() {
    let fixture = Fixture::new(|builder| builder);
    let minute = Fault::lasting(seconds(60));
    for (fault, message) in [
        (minute, "the fault does nothing\nhelp: `.fail(0.5)` fails every other call"),
        (minute.fail(1.5), "`fail` takes a share of the calls, and 1.5 is not one\nhelp: from 0 to 1"),
        (minute.fail(-0.1), "`fail` takes a share of the calls, and -0.1 is not one\nhelp: from 0 to 1"),
        (minute.fail(f64::NAN), "`fail` takes a share of the calls, and NaN is not one\nhelp: from 0 to 1"),
        (
            Fault::lasting(Duration::ZERO).fail(0.5),
            "a fault cannot last for 0s\nhelp: longer than zero, and at most a day: then inject it again",
        ),
        (
            Fault::lasting(seconds(86_401)).fail(0.5),
            "a fault cannot last for 86401s\nhelp: longer than zero, and at most a day: then inject it again",
        ),
        (
            minute.fail(0.6).delay(0.6, seconds(1)),
            "no call is both failed and delayed, and 0.6 + 0.6 is more than all\nhelp: shares of at most 1 in sum",
        ),
        (
            minute.delay(0.5, seconds(61)),
            "a fault that lasts for 1m cannot delay calls by 61s\nhelp: a delay longer than zero, and no longer than the fault",
        ),
        (
            minute.delay(0.5, Duration::ZERO),
            "a fault that lasts for 1m cannot delay calls by 0s\nhelp: a delay longer than zero, and no longer than the fault",
        ),
    ] {
        assert_eq!(fixture.breaker.inject(fault).unwrap_err().to_string(), message);
        assert_eq!(fixture.breaker.snapshot().fault, None);
    }
    call(&fixture.breaker).unwrap();
    // The largest that make sense.
    let day = Fault::lasting(seconds(86_400));
    for fault in [day.fail(1.0), day.fail(0.5).delay(0.5, seconds(86_400))] {
        fixture.breaker.inject(fault).unwrap();
    }
}

fn delaying(delay: Duration) -> Fault {
    Fault::lasting(seconds(60)).delay(1.0, delay)
}

#[test]
fn a_function_that_blocks_is_delayed_before_its_body_runs() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.inject(delaying(millis(2))).unwrap();
    let begun = Instant::now();
    let waited = fixture.breaker.call(|| Ok::<_, ()>(begun.elapsed())).unwrap();
    assert!(waited >= millis(2));
    // Without a body, there is nothing to delay.
    fixture.breaker.inject(delaying(seconds(60))).unwrap();
    fixture.breaker.acquire().unwrap().success();
    assert_eq!(fixture.counts(), (2, 0));
}

#[test]
fn a_function_that_blocks_is_not_delayed_by_a_fault_that_does_not_strike() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.inject(delaying(seconds(60))).unwrap();
    fixture.breaker.disable();
    let begun = Instant::now();
    let waited = fixture.breaker.call(|| Ok::<_, ()>(begun.elapsed())).unwrap();
    assert!(waited < seconds(60));
}

#[tokio::test(start_paused = true)]
async fn a_future_is_delayed_before_it_is_polled_and_the_delay_is_part_of_the_call() {
    let rule = trip::min(2) & trip::slow_rate(1.0, seconds(5));
    let fixture = Fixture::new(|builder| builder.trip(rule));
    fixture.breaker.inject(delaying(seconds(5))).unwrap();
    let begun = tokio::time::Instant::now();
    for _ in 0..2 {
        let is_made = Cell::new(false);
        let mut guarded = pin!(fixture.breaker.call_async(async {
            is_made.set(true);
            Ok::<_, ()>(())
        }));
        assert!(poll(guarded.as_mut()).is_pending() && !is_made.get());
        fixture.advance(seconds(5));
        guarded.await.unwrap();
        assert!(is_made.get());
    }
    assert_eq!(begun.elapsed().as_secs(), 10);
    assert_eq!(fixture.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn a_fault_delays_the_share_of_calls_that_it_is_to_delay() {
    seed(7);
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.inject(Fault::lasting(seconds(60)).delay(0.2, seconds(1))).unwrap();
    let begun = tokio::time::Instant::now();
    for _ in 0..1_000 {
        fixture.breaker.call_async(async { Ok::<_, ()>(()) }).await.unwrap();
    }
    let delayed = begun.elapsed().as_secs();
    assert!((150..250).contains(&delayed), "{delayed} of 1000 calls");
}

#[tokio::test(start_paused = true)]
async fn every_form_of_future_is_delayed() {
    let _isolation = isolate();
    SHOP.inject(delaying(seconds(1))).unwrap();
    let begun = tokio::time::Instant::now();
    assert_eq!(awaited().await.unwrap(), 1);
    assert_eq!(begun.elapsed().as_secs(), 1);
    assert_eq!(with_async_fallback().await.unwrap(), 1);
    assert_eq!(begun.elapsed().as_secs(), 2);
    assert_eq!(future().await.unwrap(), 1);
    assert_eq!(begun.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_delayed_call_that_is_dropped_releases_its_slot() {
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(1)).max_half_open_calls(1));
    fixture.trip();
    fixture.wait();
    fixture.breaker.inject(delaying(seconds(5))).unwrap();
    {
        let mut guarded = pin!(fixture.breaker.call_async(async { Ok::<_, ()>(()) }));
        assert!(poll(guarded.as_mut()).is_pending());
        assert!(call(&fixture.breaker).is_err(), "the only slot is taken");
    }
    fixture.breaker.clear_fault();
    call(&fixture.breaker).unwrap();
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn without_a_runtime_a_future_is_not_delayed() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.inject(delaying(seconds(5))).unwrap();
    now(fixture.breaker.call_async(async { Ok::<_, ()>(()) })).unwrap();
    assert_eq!(fixture.counts(), (1, 0));
}

#[cfg(feature = "serde")]
#[test]
fn a_snapshot_shows_the_fault() {
    let fixture = Fixture::new(|builder| builder);
    let fault = |fixture: &Fixture| {
        serde_json::to_value(fixture.breaker.snapshot()).expect("it serializes")["fault"].clone()
    };
    assert_eq!(fault(&fixture), serde_json::json!(null));
    fixture.breaker.inject(Fault::lasting(seconds(60)).fail(0.5).delay(0.25, millis(1_500))).unwrap();
    fixture.advance(seconds(18));
    assert_eq!(
        fault(&fixture),
        serde_json::json!({"failing": 0.5, "delaying": 0.25, "delay": 1.5, "lasts": 42.0})
    );
}
