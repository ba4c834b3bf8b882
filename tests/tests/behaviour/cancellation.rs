//! Cancelled calls return their slot and are neutral unless configured otherwise.

use std::future::{pending, ready};
use std::pin::pin;
use std::task::Poll;

use fluxgate::testing::isolate;
use fluxgate::{OnCancel, Outcome, State, breaker, trip};
use fluxgate_tests::fixture::{Fixture, seconds};
use fluxgate_tests::futures::poll;

/// Polls a guarded future that never ends, then drops it.
fn cancel(fixture: &Fixture) {
    let mut guarded = pin!(fixture.breaker.call_async(pending::<Result<(), ()>>()));
    assert!(poll(guarded.as_mut()).is_pending());
}

/// Regression: a cancelled call counts as success.
#[test]
fn a_dropped_call_is_neutral() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    fixture.fail(2);
    drop(fixture.breaker.acquire().expect("closed"));
    cancel(&fixture);
    assert_eq!(fixture.counts(), (2, 2));
    assert_eq!(fixture.breaker.metrics().failure_streak(), 2);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn a_dropped_call_can_be_a_failure() {
    let fixture = Fixture::new(|builder| builder.on_cancel(Outcome::Failure));
    drop(fixture.breaker.acquire().expect("closed"));
    cancel(&fixture);
    assert_eq!(fixture.counts(), (2, 2));
    // Ignoring a call is not cancelling it.
    fixture.breaker.acquire().expect("closed").ignore();
    fixture.breaker.acquire_owned().expect("closed").ignore();
    assert_eq!(fixture.counts(), (2, 2));
    assert_eq!(fixture.breaker.snapshot().totals.cancelled, 2);
}

/// Regression: a probe that was cancelled never returns its slot.
#[test]
fn returns_the_slot() {
    for outcome in [Outcome::Failure, Outcome::Ignored] {
        let fixture = Fixture::new(|builder| builder.max_half_open_calls(1).on_cancel(outcome));
        fixture.trip();
        fixture.wait();
        for _ in 0..4 {
            cancel(&fixture);
        }
        assert_eq!(fixture.state(), State::HalfOpen);
        assert!(fixture.breaker.acquire().is_ok());
    }
}

#[test]
fn a_future_that_was_never_polled_is_no_call() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1).on_cancel(Outcome::Failure));
    drop(fixture.breaker.call_async(pending::<Result<(), ()>>()));
    assert_eq!(fixture.counts(), (0, 0));
    fixture.trip();
    fixture.wait();
    let unpolled: Vec<_> = (0..5).map(|_| fixture.breaker.call_async(pending::<Result<(), ()>>())).collect();
    assert_eq!(fixture.state(), State::Open);
    drop(unpolled);
    assert_eq!((fixture.state(), fixture.counts()), (State::Open, (10, 10)));
}

#[test]
fn admission_happens_on_first_poll() {
    let fixture = Fixture::new(|builder| builder);
    let mut early = pin!(fixture.breaker.call_async(ready(Ok::<_, ()>(1))));
    fixture.trip();
    assert!(matches!(poll(early.as_mut()), Poll::Ready(Err(fluxgate::Error::NotPermitted(_)))));

    let mut waiting = pin!(fixture.breaker.call_async(ready(Ok::<_, ()>(1))));
    fixture.wait();
    assert!(matches!(poll(waiting.as_mut()), Poll::Ready(Ok(1))));
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (1, 0)));
}

#[test]
fn a_refused_future_is_not_polled() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    let mut guarded = pin!(fixture.breaker.call_async(async { Err::<(), &str>("ran") }));
    assert!(matches!(poll(guarded.as_mut()), Poll::Ready(Err(fluxgate::Error::NotPermitted(_)))));
    assert_eq!(fixture.breaker.snapshot().rejected, 1);
}

#[test]
fn a_finished_future_counts_once() {
    let fixture = Fixture::new(|builder| builder.on_cancel(Outcome::Failure));
    {
        let mut guarded = pin!(fixture.breaker.call_async(ready(Ok::<_, ()>(()))));
        assert!(poll(guarded.as_mut()).is_ready());
    }
    assert_eq!(fixture.counts(), (1, 0), "dropping what is finished is no cancellation");
}

/// A caller that gave up late says something about the dependency; one that left at once does not.
#[test]
fn a_call_that_was_cancelled_late_is_a_failure() {
    let patience = OnCancel::FailureAfter(seconds(2));
    let fixture = Fixture::new(|builder| builder.on_cancel(patience));
    for (after, counts) in [(0, (0, 0)), (1, (0, 0)), (2, (1, 1)), (5, (2, 2))] {
        let call = fixture.breaker.acquire().expect("closed");
        fixture.clock.advance(seconds(after));
        drop(call);
        assert_eq!(fixture.counts(), counts, "after {after} s");
    }
    let clock = isolate();
    let breaker = breaker!(on_cancel = failure(after = 2s));
    let mut future = Box::pin(breaker.call_async(pending::<Result<(), ()>>()));
    assert!(poll(future.as_mut()).is_pending());
    clock.advance(seconds(2));
    drop(future);
    assert_eq!(breaker.metrics().failures(), 1);
}
