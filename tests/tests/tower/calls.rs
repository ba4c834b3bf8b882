//! Which outcome a call has, if any.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fluxgate::testing::isolate;
use fluxgate::tower::{CircuitBreakerLayer, CircuitBreakerService};
use fluxgate::{CallNotPermitted, CircuitBreaker, Error, OnCancel, Outcome, State, breaker, permit, trip};
use fluxgate_tests::fixture::{Fixture, seconds};
use fluxgate_tests::futures::now;
use tower::{BoxError, Layer, Service as _};

use crate::probe::{Answer, Control, Failed, PANICS, Probe, call, probe};

fn guarded(breaker: &CircuitBreaker) -> (CircuitBreakerService<Probe>, Control) {
    let (service, control) = probe();
    (CircuitBreakerLayer::new(breaker.clone()).layer(service), control)
}

#[test]
fn a_response_is_a_success_and_an_error_a_failure() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, control) = guarded(&fixture.breaker);
    for answer in [Ok(1), Err(Failed)] {
        let future = call(&mut service, 0);
        control.answer(answer);
        assert_eq!(now(future), answer.map_err(Error::Inner));
    }
    assert_eq!(fixture.counts(), (2, 1));
}

#[test]
fn a_refusal_is_an_error_of_its_own_and_the_service_is_not_called() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    let (mut service, control) = guarded(&fixture.breaker);
    let Err(Error::NotPermitted(refusal)) = now(call(&mut service, 0)) else { panic!("it is open") };
    assert_eq!((refusal.state(), refusal.retry_after()), (State::Open, Some(seconds(60))));
    assert_eq!(control.calls(), 0);
    assert_eq!(fixture.breaker.snapshot().rejected, 1);
}

#[test]
fn a_call_lasts_as_long_as_its_future() {
    let fixture = Fixture::with_rule(trip::min(1) & trip::avg_latency(seconds(1)));
    let (mut service, control) = guarded(&fixture.breaker);
    let future = call(&mut service, 0);
    fixture.advance(seconds(3));
    control.answer(Ok(1));
    now(future).expect("admitted");
    assert_eq!(fixture.breaker.metrics().avg_latency(), Some(seconds(3)));
}

#[test]
fn all_services_of_a_layer_and_their_clones_share_its_breaker() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    let layer = CircuitBreakerLayer::new(fixture.breaker.clone());
    let (service, control) = probe();
    let (mut one, mut another) = (layer.layer(service.clone()), layer.layer(service));
    let mut third = one.clone();
    for service in [&mut one, &mut another, &mut third] {
        let future = call(service, 0);
        control.answer(Err(Failed));
        now(future).expect_err("as asked for");
    }
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn a_classifier_decides_unless_it_panics() {
    let fixture = Fixture::new(|builder| builder);
    let (service, control) = probe();
    let layer = CircuitBreakerLayer::new(fixture.breaker.clone()).classify(|result: &Answer| match result {
        Ok(0) => Outcome::Failure,
        Ok(1) => Outcome::Success,
        Ok(_) => panic!("on purpose"),
        Err(_) => Outcome::Ignored,
    });
    let mut service = layer.layer(service);
    for (answer, counts) in [(Ok(0), (1, 1)), (Ok(1), (2, 1)), (Ok(2), (3, 1)), (Err(Failed), (3, 1))] {
        let future = call(&mut service, 0);
        control.answer(answer);
        assert_eq!(now(future), answer.map_err(Error::Inner));
        assert_eq!(fixture.counts(), counts, "{answer:?}");
    }
}

/// A service's future may start working when it is created, so the call begins then.
#[test]
fn a_future_that_is_dropped_is_a_cancelled_call() {
    for (on_cancel, counts) in [
        (OnCancel::from(Outcome::Ignored), (0, 0)),
        (OnCancel::from(Outcome::Failure), (2, 2)),
        (OnCancel::FailureAfter(seconds(2)), (1, 1)),
    ] {
        let fixture = Fixture::new(|builder| builder.on_cancel(on_cancel));
        let (mut service, _control) = guarded(&fixture.breaker);
        drop(call(&mut service, 0));
        let future = call(&mut service, 0);
        fixture.advance(seconds(2));
        drop(future);
        assert_eq!(fixture.counts(), counts, "{on_cancel:?}");
        assert_eq!(fixture.breaker.snapshot().totals.cancelled, 2);
    }
}

#[test]
fn a_panic_is_a_failure_in_the_call_and_in_its_future() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, control) = guarded(&fixture.breaker);
    let in_call = AssertUnwindSafe(|| drop(call(&mut service, PANICS)));
    catch_unwind(in_call).expect_err("as asked for");
    assert_eq!(fixture.counts(), (1, 1));

    let future = call(&mut service, 0);
    control.panic();
    catch_unwind(AssertUnwindSafe(|| now(future))).expect_err("as asked for");
    assert_eq!(fixture.counts(), (2, 2));
    assert_eq!(fixture.breaker.snapshot().totals.panicked, 2);
}

/// The panic is elsewhere: this call was only given up, which says nothing about the service.
#[test]
fn a_future_that_is_dropped_by_a_panic_is_a_cancelled_call() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, _control) = guarded(&fixture.breaker);
    let unwinding = AssertUnwindSafe(|| {
        let _future = call(&mut service, 0);
        panic!("elsewhere");
    });
    catch_unwind(unwinding).expect_err("as asked for");
    assert_eq!((fixture.counts(), fixture.breaker.snapshot().totals.cancelled), ((0, 0), 1));
}

#[test]
fn a_probe_holds_its_slot_until_it_ends_in_any_way() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    fixture.before_trial();
    let (mut service, control) = guarded(&fixture.breaker);
    let mut another = service.clone();
    for end in [|control: &Control| control.answer(Ok(1)), |control: &Control| control.answer(Err(Failed))] {
        let future = call(&mut service, 0);
        assert_eq!(fixture.state(), State::HalfOpen);
        assert!(matches!(now(call(&mut another, 0)), Err(Error::NotPermitted(_))), "no slot is free");
        end(&control);
        let _ = now(future);
    }
    drop(call(&mut service, 0));
    drop(call(&mut another, 0));
    assert_eq!(fixture.counts(), (2, 1));
}

#[test]
fn an_outcome_of_an_earlier_generation_is_late() {
    let fixture = Fixture::new(|builder| builder);
    let (mut service, control) = guarded(&fixture.breaker);
    let future = call(&mut service, 0);
    fixture.breaker.reset();
    control.answer(Err(Failed));
    now(future).expect_err("as asked for");
    assert_eq!((fixture.counts(), fixture.breaker.snapshot().late), ((0, 0), 1));
}

/// As with nested functions: what a handler does through the breaker of its layer is part of the layer's call.
#[test]
fn a_call_within_a_probe_of_the_same_breaker_is_part_of_it() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    fixture.before_trial();
    let within = fixture.breaker.clone();
    let inner = tower::service_fn(move |(): ()| {
        let early = within.call(|| Ok::<_, Failed>(1));
        let within = within.clone();
        async move { early.and(within.call(|| Ok::<_, Failed>(2))) }
    });
    let mut service = CircuitBreakerLayer::new(fixture.breaker.clone()).layer(inner);
    assert_eq!(now(call(&mut service, ())), Ok(2));
    assert_eq!(fixture.counts(), (1, 0));
}

#[test]
fn a_refusal_can_be_a_response() {
    let fixture = Fixture::new(|builder| builder);
    let (service, control) = probe();
    let mut service = CircuitBreakerLayer::new(fixture.breaker.clone()).rejected(|_| Ok(404)).layer(service);
    let future = call(&mut service, 0);
    control.answer(Err(Failed));
    assert_eq!(now(future), Err(Failed), "errors are the service's own");
    fixture.breaker.force_open();
    assert_eq!(now(call(&mut service, 0)), Ok(404));
}

/// Most tower services have boxed errors, for example below and above a time-out.
#[tokio::test(start_paused = true)]
async fn boxed_errors_stay_boxed_errors() {
    use tower::ServiceExt as _;
    let fixture = Fixture::with_rule(trip::failure_streak(1));
    let mut service = tower::ServiceBuilder::new()
        .timeout(seconds(9))
        .layer(CircuitBreakerLayer::new(fixture.breaker.clone()).rejected(|refusal| Err(refusal.into())))
        .timeout(seconds(1))
        .service_fn(async |(): ()| std::future::pending::<Result<u32, BoxError>>().await);
    let timed_out = service.ready().await.expect("ready").call(()).await.expect_err("it takes too long");
    assert!(timed_out.is::<tower::timeout::error::Elapsed>());
    let refused = service.ready().await.expect("ready").call(()).await.expect_err("open");
    assert!(refused.is::<CallNotPermitted>());
}

#[test]
fn a_breaker_can_be_chosen_for_each_request() {
    let hosts = [Fixture::with_rule(trip::failure_streak(1)), Fixture::with_rule(trip::failure_streak(1))];
    let breakers = hosts.each_ref().map(|host| host.breaker.clone());
    let (service, control) = probe();
    let layer = CircuitBreakerLayer::new(move |host: &u32| breakers[*host as usize].clone());
    let mut service = layer.layer(service);
    let future = call(&mut service, 1);
    control.answer(Err(Failed));
    now(future).expect_err("as asked for");
    assert_eq!(hosts.each_ref().map(Fixture::state), [State::Closed, State::Open]);
    assert!(matches!(now(call(&mut service, 1)), Err(Error::NotPermitted(_))));
    let future = call(&mut service, 0);
    control.answer(Ok(7));
    assert_eq!(now(future), Ok(7));
}

static SHARED: CircuitBreaker = breaker!(name = "tower: shared", trip = failure_streak(1));

#[test]
fn a_breaker_in_a_static_needs_no_handle_and_is_isolated_in_tests() {
    {
        let _isolation = isolate();
        let (service, control) = probe();
        let mut service = CircuitBreakerLayer::new(&SHARED).layer(service);
        let future = call(&mut service, 0);
        control.answer(Err(Failed));
        now(future).expect_err("as asked for");
        assert_eq!(SHARED.state(), State::Open);
        assert!(matches!(now(call(&mut service, 0)), Err(Error::NotPermitted(_))));
    }
    let _isolation = isolate();
    assert_eq!(SHARED.state(), State::Closed);
}

#[test]
fn the_service_and_its_future_are_as_portable_as_the_inner_ones() {
    fn is_portable<T: Send + Sync + 'static>(_: &T) {}
    let fixture = Fixture::new(|builder| builder.permit(permit::all()));
    let (mut service, _control) = guarded(&fixture.breaker);
    is_portable(&service);
    is_portable(&call(&mut service, 0));
    let (service, _control) = probe();
    let layer = CircuitBreakerLayer::new(fixture.breaker).pending_while_open(tokio::time::sleep);
    is_portable(&layer);
    is_portable(&layer.layer(service));
}
