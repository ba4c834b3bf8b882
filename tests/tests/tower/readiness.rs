//! When the service is ready, and what that costs. Includes the scenarios of other crates' contract tests for their layers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use fluxgate::tower::{CircuitBreakerLayer, CircuitBreakerService};
use fluxgate::{CircuitBreaker, Error, Outcome, State, trip};
use fluxgate_tests::fixture::{Fixture, seconds};
use fluxgate_tests::futures::now;
use tower::limit::ConcurrencyLimit;
use tower::steer::Steer;
use tower::{Layer, Service as _};

use crate::probe::{Control, Failed, Probe, Readiness, call, poll_ready, probe};

fn guarded(breaker: &CircuitBreaker) -> (CircuitBreakerService<Probe>, Control) {
    let (service, control) = probe();
    (CircuitBreakerLayer::new(breaker.clone()).layer(service), control)
}

#[test]
fn while_closed_it_is_ready_when_the_inner_service_is() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, control) = guarded(&fixture.breaker);
    control.set(Readiness::Unready);
    assert_eq!(poll_ready(&mut service), Poll::Pending);
    control.set(Readiness::Ready);
    assert_eq!(poll_ready(&mut service), Poll::Ready(Ok(())));
    drop(service.call(0));
}

/// A clone of a ready service is not ready: the probe panics if it is called anyway.
#[test]
fn the_service_that_is_called_is_the_one_that_was_ready() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, control) = guarded(&fixture.breaker);
    for _ in 0..3 {
        let future = call(&mut service, 0);
        control.answer(Ok(1));
        assert_eq!(now(future), Ok(1));
        service = service.clone();
    }
}

#[tokio::test]
async fn it_works_around_and_inside_a_concurrency_limit() {
    let fixture = Fixture::new(|builder| builder);
    let layer = CircuitBreakerLayer::new(fixture.breaker.clone());
    let (service, control) = probe();
    let mut within = layer.layer(ConcurrencyLimit::new(service.clone(), 1));
    let mut around = ConcurrencyLimit::new(layer.layer(service), 1);
    for _ in 0..3 {
        let (one, another) = (call(&mut within, 0), call(&mut around, 0));
        assert_eq!((poll_ready(&mut within), poll_ready(&mut around)), (Poll::Pending, Poll::Pending));
        control.answer(Ok(1));
        control.answer(Ok(2));
        assert_eq!((one.await, another.await), (Ok(1), Ok(2)));
    }
}

/// Hanging calls use up the inner service's limit; refused calls do not need it.
#[test]
fn while_open_it_refuses_at_once_although_the_inner_service_is_not_ready() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, control) = guarded(&fixture.breaker);
    control.set(Readiness::Unready);
    fixture.trip();
    let mut clone = service.clone();
    for service in [&mut service, &mut clone] {
        // Being ready twice changes nothing.
        assert_eq!(poll_ready(service), Poll::Ready(Ok(())));
        assert!(matches!(now(call(service, 0)), Err(Error::NotPermitted(_))));
    }
    assert_eq!((control.readied(), control.calls()), (0, 0));
    assert_eq!(fixture.breaker.snapshot().rejected, 2, "calls that were refused count, readiness does not");
}

/// Regression: it refused, however long ago the breaker had closed, and promised an attempt in a minute.
#[tokio::test]
async fn a_service_that_was_ready_to_refuse_does_so_only_while_the_breaker_refuses() {
    let one = Fixture::new(|builder| builder);
    let another = Fixture::new(|builder| builder);
    let services = [&one, &another].map(|fixture| guarded(&fixture.breaker));
    let [(first, answers), (second, _others)] = services;
    // `Steer` asks a service whether it is ready once, and then keeps it until there is a request for it.
    let mut steer = Steer::new([first, second], |&index: &u32, _: &[_]| index as usize);
    one.trip();
    drop(call(&mut steer, 1));
    one.breaker.reset();
    let future = call(&mut steer, 0);
    answers.answer(Ok(7));
    assert_eq!(future.await, Ok(7));
}

/// Then it is the probe of a trial.
#[test]
fn a_service_that_was_ready_to_refuse_may_be_called_after_the_pause() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    let (mut service, control) = guarded(&fixture.breaker);
    fixture.trip();
    assert_eq!(poll_ready(&mut service), Poll::Ready(Ok(())));
    fixture.wait();
    let future = service.call(0);
    assert!(matches!(now(call(&mut service, 0)), Err(Error::NotPermitted(_))), "the trial is full");
    control.answer(Ok(1));
    assert_eq!(now(future), Ok(1));
}

#[test]
fn if_the_inner_service_is_not_ready_by_then_the_call_may_be_tried_again_at_once() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, control) = guarded(&fixture.breaker);
    for readiness in [Readiness::Unready, Readiness::Broken] {
        fixture.trip();
        assert_eq!(poll_ready(&mut service), Poll::Ready(Ok(())));
        fixture.breaker.reset();
        control.set(readiness);
        let Err(Error::NotPermitted(refusal)) = now(service.call(0)) else { panic!("{readiness:?}") };
        assert_eq!((refusal.state(), refusal.retry_after()), (State::Open, Some(seconds(0))));
        assert_eq!(control.calls(), 0);
    }
    assert_eq!(fixture.counts(), (1, 1), "to be broken is a failure");
    control.set(Readiness::Ready);
    drop(call(&mut service, 0));
}

#[test]
fn the_first_call_after_the_pause_is_admitted_once_the_inner_service_is_ready() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, control) = guarded(&fixture.breaker);
    control.set(Readiness::Unready);
    fixture.before_trial();
    assert_eq!(poll_ready(&mut service), Poll::Pending, "a probe needs the service");
    assert_eq!(fixture.state(), State::Open, "readiness changes nothing");
    control.set(Readiness::Ready);
    drop(call(&mut service, 0));
    assert_eq!(fixture.state(), State::HalfOpen);
}

#[test]
fn readiness_holds_no_slot() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    fixture.before_trial();
    let (service, control) = guarded(&fixture.breaker);
    let mut ready: Vec<_> = (0..100).map(|_| service.clone()).collect();
    for service in &mut ready {
        assert_eq!(poll_ready(service), Poll::Ready(Ok(())));
    }
    // 100 are ready, and there is a slot for one. The others are dropped without being called.
    let first = ready[0].call(0);
    for service in ready.iter_mut().skip(1).take(9) {
        assert!(matches!(now(service.call(0)), Err(Error::NotPermitted(_))));
    }
    drop(ready);
    assert_eq!(control.calls(), 1);
    control.answer(Ok(1));
    assert_eq!(now(first), Ok(1));
    let snapshot = fixture.breaker.snapshot();
    assert_eq!((snapshot.rejected, snapshot.totals.cancelled), (9, 0));
}

#[test]
fn while_a_trial_is_full_it_refuses_without_polling_the_inner_service() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    fixture.before_trial();
    let (mut service, control) = guarded(&fixture.breaker);
    let _probe = call(&mut service, 0);
    let asked = control.readied();
    let mut another = service.clone();
    let Err(Error::NotPermitted(refusal)) = now(call(&mut another, 0)) else { panic!("no slot is free") };
    assert_eq!(refusal.state(), State::HalfOpen);
    assert_eq!(control.readied(), asked);
}

/// If a hung probe made the service ready only to refuse, nothing would ever end the trial.
#[test]
fn a_trial_whose_probe_hangs_is_ended_by_the_next_call() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1).half_open_timeout(seconds(5)));
    fixture.before_trial();
    let (mut service, _control) = guarded(&fixture.breaker);
    let _probe = call(&mut service, 0);
    fixture.advance(seconds(5));
    assert!(matches!(now(call(&mut service, 0)), Err(Error::NotPermitted(_))));
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn a_readiness_error_is_returned_and_is_a_failure_with_its_duration() {
    let fixture = Fixture::with_rule(trip::min(2) & trip::avg_latency(seconds(9)));
    let (mut service, control) = guarded(&fixture.breaker);
    control.set(Readiness::Broken);
    assert_eq!(poll_ready(&mut service), Poll::Ready(Err(Error::Inner(Failed))));
    control.set(Readiness::Unready);
    assert_eq!(poll_ready(&mut service), Poll::Pending);
    fixture.advance(seconds(4));
    assert_eq!(poll_ready(&mut service), Poll::Pending);
    fixture.advance(seconds(4));
    control.set(Readiness::Broken);
    assert_eq!(poll_ready(&mut service), Poll::Ready(Err(Error::Inner(Failed))));
    assert_eq!((fixture.counts(), fixture.breaker.metrics().avg_latency()), ((2, 2), Some(seconds(4))));
}

/// Regression: while it waited for a call to retry with, readiness errors kept reaching the dead service and counted for nothing.
#[test]
fn readiness_errors_alone_open_it_and_reopen_it_after_a_retry() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    let (mut service, control) = guarded(&fixture.breaker);
    control.set(Readiness::Broken);
    for reopens in 0..3 {
        for _ in 0..3 {
            assert_eq!(poll_ready(&mut service), Poll::Ready(Err(Error::Inner(Failed))));
        }
        assert_eq!((fixture.state(), fixture.breaker.snapshot().reopens), (State::Open, reopens));
        assert_eq!(poll_ready(&mut service), Poll::Ready(Ok(())), "to refuse");
        assert!(matches!(now(service.call(0)), Err(Error::NotPermitted(_))));
        fixture.wait();
    }
    control.set(Readiness::Ready);
    for _ in 0..3 {
        let future = call(&mut service, 0);
        control.answer(Ok(1));
        assert_eq!(now(future), Ok(1));
    }
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: a service that panicked when it was asked whether it is ready was never given up.
#[test]
fn readiness_panics_count_as_panics_do() {
    for on_panic in [Outcome::Failure, Outcome::Ignored] {
        let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(3)).on_panic(on_panic));
        let (mut service, control) = guarded(&fixture.breaker);
        control.set(Readiness::Panicking);
        let mut asks = || catch_unwind(AssertUnwindSafe(|| poll_ready(&mut service)));
        (0..3).for_each(|_| drop(asks().expect_err("as asked for")));
        let is_failure = on_panic == Outcome::Failure;
        assert_eq!(fixture.state() == State::Open, is_failure);
        fixture.breaker.trip();
        fixture.wait();
        asks().expect_err("as asked for");
        assert_eq!(fixture.state() == State::HalfOpen, is_failure, "an ignored panic is no attempt");
        assert_eq!(fixture.counts().1, u64::from(is_failure));
    }
}

/// Regression: an error after the breaker had refused for an hour was a failure that took an hour.
#[tokio::test(start_paused = true)]
async fn time_in_which_the_breaker_refused_is_no_part_of_a_readiness_error() {
    let fixture = Fixture::with_rule(trip::min(3) & trip::avg_latency(seconds(9)));
    let layer = CircuitBreakerLayer::new(fixture.breaker.clone());
    let (refusing, of_refusing) = probe();
    let (pending, of_pending) = probe();
    let mut refusing = layer.clone().layer(refusing);
    let mut pending = layer.pending_while_open(tokio::time::sleep).layer(pending);
    let both = [of_refusing, of_pending];
    for control in &both {
        control.set(Readiness::Unready);
    }
    assert_eq!((poll_ready(&mut refusing), poll_ready(&mut pending)), (Poll::Pending, Poll::Pending));
    fixture.breaker.force_open();
    assert_eq!((poll_ready(&mut refusing), poll_ready(&mut pending)), (Poll::Ready(Ok(())), Poll::Pending));
    fixture.advance(seconds(3600));
    fixture.breaker.reset();
    for control in &both {
        control.set(Readiness::Broken);
    }
    let broken = Poll::Ready(Err(Error::Inner(Failed)));
    assert_eq!((poll_ready(&mut refusing), poll_ready(&mut pending)), (broken.clone(), broken));
    assert_eq!((fixture.counts(), fixture.breaker.metrics().avg_latency()), ((2, 2), Some(seconds(0))));
}

/// Regression: it counted as an ignored call, and began a trial.
#[test]
fn a_call_refused_for_lack_of_a_chance_counts_as_refused() {
    type Later = (fn(&Fixture), State, u64);
    let later: [Later; 3] = [
        (|fixture| fixture.breaker.reset(), State::Closed, 0),
        (Fixture::wait, State::Open, 1),
        (|_| {}, State::Open, 1),
    ];
    for (change, state, rejected) in later {
        let fixture = Fixture::new(|builder| builder.count_calls(true));
        let (mut service, control) = guarded(&fixture.breaker);
        control.set(Readiness::Unready);
        fixture.trip();
        let before = fixture.breaker.snapshot().totals;
        assert_eq!(poll_ready(&mut service), Poll::Ready(Ok(())));
        change(&fixture);
        assert!(matches!(now(service.call(0)), Err(Error::NotPermitted(_))));
        let snapshot = fixture.breaker.snapshot();
        assert_eq!((snapshot.state, snapshot.rejected), (state, rejected));
        assert_eq!(snapshot.totals.refused, before.refused + 1);
        assert_eq!((snapshot.totals.ignored, snapshot.totals.cancelled), (before.ignored, before.cancelled));
    }
}

/// The breaker is known only with the request, so only the call can be refused.
#[test]
fn with_a_breaker_per_request_it_is_ready_when_the_inner_service_is() {
    let fixture = Fixture::new(|builder| builder);
    let (service, control) = probe();
    let breaker = fixture.breaker.clone();
    let mut service = CircuitBreakerLayer::new(move |_: &u32| breaker.clone()).layer(service);
    fixture.trip();
    control.set(Readiness::Unready);
    assert_eq!(poll_ready(&mut service), Poll::Pending);
    control.set(Readiness::Ready);
    assert!(matches!(now(call(&mut service, 0)), Err(Error::NotPermitted(_))));
}
