//! Panics unwind through, count as failures by default, and return the slot.

use std::future::pending;
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};

use fluxgate::{CallNotPermitted, Outcome, State, circuit_breaker, permit, retry, trip};
use fluxgate_tests::fixture::{Fixture, seconds};
use fluxgate_tests::futures::poll;

/// Panics within a guarded call without printing a message.
fn panic_in(fixture: &Fixture) -> Box<dyn std::any::Any + Send> {
    let call = || fixture.breaker.call(|| -> Result<(), ()> { resume_unwind(Box::new("the body panicked")) });
    catch_unwind(AssertUnwindSafe(call)).expect_err("it panicked")
}

/// Regression: in no other Rust crate is a panic a failure.
#[test]
fn count_as_failures() {
    let fixture = Fixture::with_rule(trip::failure_streak(2));
    panic_in(&fixture);
    assert_eq!(fixture.counts(), (1, 1));
    panic_in(&fixture);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn unwind_through_with_their_payload() {
    let fixture = Fixture::new(|builder| builder);
    let payload = panic_in(&fixture);
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"the body panicked"));
}

#[test]
fn can_be_ignored() {
    let fixture = Fixture::new(|builder| builder.on_panic(Outcome::Ignored));
    for _ in 0..20 {
        panic_in(&fixture);
    }
    assert_eq!(fixture.counts(), (0, 0));
}

/// Regression: elsewhere a panic leaks a permit.
#[test]
fn return_the_slot() {
    for outcome in [Outcome::Failure, Outcome::Ignored] {
        let fixture = Fixture::new(|builder| builder.max_half_open_calls(1).on_panic(outcome));
        fixture.trip();
        fixture.wait();
        for _ in 0..4 {
            panic_in(&fixture);
        }
        assert_eq!(fixture.state(), State::HalfOpen);
        assert!(fixture.breaker.acquire().is_ok());
    }
}

/// Like anything else that happens while the breaker is disabled.
#[test]
fn are_not_counted_while_disabled() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.disable();
    panic_in(&fixture);
    drop(fixture.breaker.acquire());
    let totals = fixture.breaker.snapshot().totals;
    assert_eq!((totals.failures, totals.panicked, totals.cancelled), (0, 0, 0));
}

#[test]
fn count_in_a_trial() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    fixture.wait();
    for _ in 0..5 {
        panic_in(&fixture);
    }
    assert_eq!(fixture.state(), State::Open);
}

/// Cleanup code that runs while unwinding may call through a breaker, and its calls end as usual.
#[test]
fn a_call_that_ends_well_while_unwinding_is_no_failure() {
    struct Cleanup<'a>(&'a Fixture);
    impl Drop for Cleanup<'_> {
        fn drop(&mut self) {
            self.0.succeed(1);
            self.0.breaker.call(|| Ok::<_, ()>(())).expect("closed");
        }
    }
    let fixture = Fixture::new(|builder| builder);
    let unwinding = AssertUnwindSafe(|| {
        let _cleanup = Cleanup(&fixture);
        resume_unwind(Box::new("outside the breaker"));
    });
    assert!(catch_unwind(unwinding).is_err());
    assert_eq!(fixture.counts(), (2, 0));
}

#[test]
fn a_call_dropped_while_unwinding_counts_as_panicked() {
    let fixture = Fixture::new(|builder| builder);
    let unwinding = AssertUnwindSafe(|| {
        let _call = fixture.breaker.acquire().expect("closed");
        resume_unwind(Box::new("with the call in hand"));
    });
    assert!(catch_unwind(unwinding).is_err());
    assert_eq!(fixture.counts(), (1, 1));
}

/// Regression: it counted as a panic, which had begun before the call.
#[test]
fn a_call_acquired_and_dropped_while_unwinding_is_cancelled() {
    struct Cleanup<'a>(&'a Fixture);
    impl Drop for Cleanup<'_> {
        fn drop(&mut self) {
            drop(self.0.breaker.acquire().expect("closed"));
            drop(self.0.breaker.acquire_owned().expect("closed"));
        }
    }
    for (on_cancel, counts) in [(Outcome::Ignored, (0, 0)), (Outcome::Failure, (2, 2))] {
        let fixture = Fixture::new(|builder| builder.on_panic(Outcome::Ignored).on_cancel(on_cancel));
        let unwinding = AssertUnwindSafe(|| {
            let _cleanup = Cleanup(&fixture);
            resume_unwind(Box::new("outside the breaker"));
        });
        assert!(catch_unwind(unwinding).is_err());
        assert_eq!(fixture.counts(), counts);
    }
    let fixture = Fixture::new(|builder| builder);
    let unwinding = AssertUnwindSafe(|| {
        let _cleanup = Cleanup(&fixture);
        resume_unwind(Box::new("outside the breaker"));
    });
    assert!(catch_unwind(unwinding).is_err());
    assert_eq!(fixture.counts(), (0, 0));
}

/// The panic does not come from the call.
#[test]
fn a_future_dropped_while_unwinding_is_cancelled() {
    let fixture = Fixture::new(|builder| builder);
    let unwinding = AssertUnwindSafe(|| {
        let mut guarded = Box::pin(fixture.breaker.call_async(pending::<Result<(), ()>>()));
        assert!(poll(guarded.as_mut()).is_pending());
        resume_unwind(Box::new("with the future in hand"));
    });
    let panic = catch_unwind(unwinding).expect_err("it unwinds");
    assert_eq!(panic.downcast_ref(), Some(&"with the future in hand"));
    assert_eq!(fixture.counts(), (0, 0));
    let guarded = fixture.breaker.call_async(pending::<Result<(), ()>>());
    assert_eq!(format!("{guarded:?}"), "CallAsync { .. }");
}

/// Regression: elsewhere a panicking user predicate replaces the result or leaks a slot.
#[test]
fn a_custom_condition_that_panics_does_not_hold() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    fn panics(_: &fluxgate::Metrics) -> bool {
        ASKED.fetch_add(1, Ordering::Relaxed);
        resume_unwind(Box::new("the condition panicked"))
    }
    let rule = (trip::min(2) & trip::custom(panics)) | trip::failure_streak(5);
    let fixture = Fixture::new(|builder| builder.trip(rule).max_half_open_calls(1));
    let result = fixture.breaker.call(|| Err::<(), _>("mine"));
    assert!(matches!(result, Err(fluxgate::Error::Inner("mine"))));
    fixture.fail(3);
    assert!(ASKED.load(Ordering::Relaxed) > 0);
    assert_eq!(fixture.counts(), (4, 4), "each was recorded once");
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open, "the other branch still trips");
    fixture.wait();
    fixture.succeed(5);
    assert_eq!(fixture.state(), State::Closed, "the slot came back, and the trial ended");
}

#[test]
fn a_permit_that_panics_admits() {
    fn panics(_: std::time::Duration) -> bool {
        resume_unwind(Box::new("the permit panicked"))
    }
    let fixture = Fixture::new(|builder| builder.permit(permit::custom(panics)));
    fixture.trip();
    fixture.wait();
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: elsewhere a faulty retry leaves a transition half done, and the breaker refuses forever.
#[test]
fn a_retry_that_panics_waits_a_minute() {
    fn panics(_: u32) -> std::time::Duration {
        resume_unwind(Box::new("the retry panicked"))
    }
    let fixture = Fixture::new(|builder| builder.retry(retry::custom(panics)));
    fixture.trip();
    assert_eq!(fixture.refusal().retry_after(), Some(seconds(60)));
}

#[test]
fn a_listener_that_panics_is_contained() {
    let fixture = Fixture::new(|builder| {
        builder.listener(|_: &fluxgate::Transition| resume_unwind(Box::new("the listener panicked")))
    });
    fixture.trip();
    fixture.wait();
    fixture.succeed(6);
    assert_eq!(fixture.heard.steps().len(), 3, "the other listener heard everything");
    assert_eq!(fixture.state(), State::Closed);
}

/// The callbacks of a call that panics run while its panic unwinds, where a second panic that escaped would abort the process.
#[test]
fn callbacks_may_panic_while_the_body_unwinds() {
    fn condition(_: &fluxgate::Metrics) -> bool {
        resume_unwind(Box::new("the condition panicked"))
    }
    fn delay(_: u32) -> std::time::Duration {
        resume_unwind(Box::new("the retry panicked"))
    }
    let fixture = Fixture::new(|builder| {
        builder
            .trip(trip::min(1) & trip::custom(condition) & trip::failures(1) | trip::failure_streak(2))
            .retry(retry::custom(delay))
            .listener(|_: &fluxgate::Transition| resume_unwind(Box::new("the listener panicked")))
    });
    for _ in 0..2 {
        assert_eq!(panic_in(&fixture).downcast_ref(), Some(&"the body panicked"));
    }
    assert_eq!((fixture.state(), fixture.counts()), (State::Open, (2, 2)));
}

/// An error whose `source` panics.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("broken")]
    Source(#[source] Cause),
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
}

#[derive(Debug)]
struct Cause;

impl std::fmt::Display for Cause {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the cause")
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        resume_unwind(Box::new("the source panicked"))
    }
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Transparent(Cause);

impl From<CallNotPermitted> for Transparent {
    fn from(_: CallNotPermitted) -> Self {
        Self(Cause)
    }
}

/// The sources of an error are searched for a refusal.
#[test]
fn an_error_whose_source_panics_is_a_failure() {
    #[circuit_breaker(trip = "failures(1)", handle = PLAIN)]
    fn plain() -> Result<u8, Transparent> {
        Err(Transparent(Cause))
    }

    #[circuit_breaker(trip = "failures(1)", handle = LARGE)]
    fn large() -> Result<[u64; 8], Transparent> {
        Err(Transparent(Cause))
    }

    #[circuit_breaker(trip = "failures(1)", handle = FURTHER_IN)]
    fn further_in() -> Result<String, Broken> {
        Err(Broken::Source(Cause))
    }

    #[circuit_breaker(trip = "failures(1)", handle = POINTER, rejected = |_| Err(Box::new(Transparent(Cause))))]
    fn pointer() -> Result<String, Box<Transparent>> {
        Err(Box::new(Transparent(Cause)))
    }

    #[circuit_breaker(trip = "failures(1)", retry = from_error(|_| None, otherwise = cooldown(3s)), handle = ASKED)]
    fn asked() -> Result<u8, Transparent> {
        Err(Transparent(Cause))
    }

    #[circuit_breaker(trip = "failures(1)", handle = LATER)]
    async fn later() -> Result<String, Transparent> {
        Err(Transparent(Cause))
    }

    plain().unwrap_err();
    large().unwrap_err();
    further_in().unwrap_err();
    pointer().unwrap_err();
    asked().unwrap_err();
    let polled = poll(pin!(later()));
    assert!(matches!(polled, std::task::Poll::Ready(Err(_))));
    for breaker in [&PLAIN, &LARGE, &FURTHER_IN, &POINTER, &ASKED, &LATER] {
        assert_eq!(breaker.state(), State::Open, "{}", breaker.name());
    }
}

/// Breakers are unwind-safe, so closures that hold one can be passed to `catch_unwind`; guarded functions are as unwind-safe as before.
#[test]
fn breakers_are_safe_to_unwind_past() {
    const fn is_safe<T: UnwindSafe>(_: &T) {}

    #[fluxgate::circuit_breaker]
    async fn guarded() -> Result<(), fluxgate::Error<()>> {
        std::future::ready(Ok(())).await
    }

    let fixture = Fixture::new(|builder| builder);
    is_safe(&guarded());
    is_safe(&fixture.breaker.acquire());
    is_safe(&fixture.breaker.call_async(std::future::ready(Ok::<(), ()>(()))));
    let breaker = &fixture.breaker;
    let caught = catch_unwind(|| breaker.call(|| -> Result<(), ()> { resume_unwind(Box::new("a panic")) }));
    assert!(caught.is_err());
    assert_eq!(fixture.counts(), (1, 1));
}
