//! For load balancers: a breaker that refuses is not ready.

use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use fluxgate::tower::{CircuitBreakerLayer, CircuitBreakerService};
use fluxgate::{
    CallNotPermitted, CircuitBreaker, Error, Interests, Listener, RefusedCall, State, Transition, permit,
};
use fluxgate_tests::fixture::{Fixture, millis, seconds};
use fluxgate_tests::futures::{Wakes, now};
use tower::balance::p2c::Balance;
use tower::discover::ServiceList;
use tower::load::Constant;
use tower::{Layer, Service as _, ServiceExt as _};

use crate::probe::{Control, Probe, Readiness, call, poll_ready, poll_ready_by, probe};

fn guarded(breaker: &CircuitBreaker) -> (CircuitBreakerService<Probe>, Control) {
    let (service, control) = probe();
    let layer = CircuitBreakerLayer::new(breaker.clone()).pending_while_open(tokio::time::sleep);
    (layer.layer(service), control)
}

/// The refusal of the next call that a ramp refuses. It admits one call in a thousand.
fn refused(service: &mut CircuitBreakerService<Probe>, control: &Control) -> CallNotPermitted {
    loop {
        let call = call(service, 0);
        if control.calls() > 0 {
            control.answer(Ok(1));
        }
        if let Err(Error::NotPermitted(refusal)) = now(call) {
            return refusal;
        }
    }
}

fn fixture(name: &'static str) -> Fixture {
    let fixture = Fixture::new(|builder| builder);
    let clock = fixture.clock.clone();
    let breaker = CircuitBreaker::builder(name)
        .trip(fluxgate::trip::failure_streak(3))
        .permit(permit::all())
        .max_half_open_calls(1)
        .clock(clock)
        .build()
        .expect("valid");
    Fixture { breaker, ..fixture }
}

/// The breaker's clock and tokio's.
async fn advance(fixture: &Fixture, duration: Duration) {
    fixture.advance(duration);
    tokio::time::advance(duration).await;
}

#[tokio::test(start_paused = true)]
async fn is_woken_and_ready_when_the_pause_is_over() {
    let fixture = fixture("pending: pause");
    let (mut service, control) = guarded(&fixture.breaker);
    assert_eq!(poll_ready(&mut service), Poll::Ready(Ok(())));
    fixture.trip();
    let wakes = Arc::new(Wakes::default());
    control.set(Readiness::Unready);
    let asked = control.readied();
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending);
    assert_eq!(control.readied(), asked, "the breaker is asked first");
    advance(&fixture, seconds(59)).await;
    assert_eq!(wakes.count(), 0);
    advance(&fixture, millis(1001)).await;
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending, "now it waits for the service within");
    assert_eq!(control.readied(), asked + 1);
    control.set(Readiness::Ready);
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Ready(Ok(())));
    drop(service.call(0));
    assert_eq!(fixture.state(), State::HalfOpen);
}

#[tokio::test(start_paused = true)]
async fn is_woken_by_every_command_that_admits_calls() {
    let commands: [fn(&CircuitBreaker); 5] = [
        CircuitBreaker::reset,
        CircuitBreaker::disable,
        CircuitBreaker::metrics_only,
        CircuitBreaker::half_open,
        |breaker| breaker.open_for(Duration::ZERO),
    ];
    for command in commands {
        let fixture = fixture("pending: commands");
        let (mut service, _control) = guarded(&fixture.breaker);
        fixture.breaker.force_open();
        let wakes = Arc::new(Wakes::default());
        assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending);
        advance(&fixture, seconds(3600)).await;
        assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending, "forced open lasts");
        assert_eq!(wakes.count(), 0);
        command(&fixture.breaker);
        assert!(wakes.count() > 0);
        assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Ready(Ok(())));
    }
}

#[tokio::test(start_paused = true)]
async fn is_woken_when_a_trial_slot_is_released_however_the_probe_ends() {
    let ends: [fn(&Control); 2] = [|control| control.answer(Ok(1)), |_| {}];
    for end in ends {
        let fixture = fixture("pending: slots");
        let (mut service, control) = guarded(&fixture.breaker);
        fixture.before_trial();
        let probe = call(&mut service, 0);
        let mut another = service.clone();
        let wakes = Arc::new(Wakes::default());
        assert_eq!(poll_ready_by(&mut another, &wakes), Poll::Pending);
        end(&control);
        if control.calls() == 0 {
            assert_eq!(now(probe), Ok(1));
        } else {
            drop(probe);
        }
        assert_eq!(wakes.count(), 1);
        assert_eq!(poll_ready_by(&mut another, &wakes), Poll::Ready(Ok(())));
    }
}

/// A command may shorten a pause while the breaker stays open, and a slot may belong to a call that no service
/// made.
#[tokio::test(start_paused = true)]
async fn is_woken_without_a_transition() {
    let fixture = fixture("pending: no transition");
    let (mut service, _control) = guarded(&fixture.breaker);
    fixture.trip();
    let wakes = Arc::new(Wakes::default());
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending);
    fixture.breaker.open_for(Duration::ZERO);
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Ready(Ok(())));
    let probe = fixture.breaker.acquire().expect("due");
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending);
    probe.ignore();
    assert_eq!(wakes.count(), 2);
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Ready(Ok(())));
}

/// A ramp draws for each call, so a ready service's call may still be refused. The service then waits as long as the refusal says.
#[tokio::test(start_paused = true)]
async fn after_a_refusal_by_the_ramp_it_waits_as_long_as_the_refusal_says() {
    let fixture = fixture("pending: ramp");
    let clock = fixture.clock.clone();
    let breaker = CircuitBreaker::builder("pending: ramp")
        .trip(fluxgate::trip::failure_streak(1))
        .permit(permit::ramp_up(0.001, 0.001, seconds(600)))
        .clock(clock)
        .build()
        .expect("valid");
    let fixture = Fixture { breaker, ..fixture };
    let (mut service, control) = guarded(&fixture.breaker);
    fixture.before_trial();
    let probe = call(&mut service, 0);
    control.answer(Ok(1));
    now(probe).expect("admitted");
    assert_eq!(fixture.state(), State::HalfOpen, "the ramp goes on");
    let refusal = refused(&mut service, &control);
    let wakes = Arc::new(Wakes::default());
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending);
    assert_eq!(wakes.count(), 0);
    advance(&fixture, refusal.retry_after().expect("a ramp says") + millis(1)).await;
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Ready(Ok(())));

    // A command ends that, too.
    refused(&mut service, &control);
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending);
    fixture.breaker.reset();
    assert_eq!(wakes.count(), 2);
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Ready(Ok(())));

    // Regression: also if the breaker is half-open again by then. The refusal said nothing about another trial.
    fixture.breaker.half_open();
    let probe = call(&mut service, 0);
    control.answer(Ok(1));
    now(probe).expect("admitted");
    refused(&mut service, &control);
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending);
    fixture.breaker.reset();
    fixture.breaker.half_open();
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Ready(Ok(())));
}

/// Another trial may begin between a refusal and what the service does about it. The refusal said nothing about that one.
#[tokio::test(start_paused = true)]
async fn after_a_refusal_it_does_not_sleep_through_a_trial_that_began_meanwhile() {
    struct AnotherTrial(Arc<OnceLock<CircuitBreaker>>);
    impl Listener for AnotherTrial {
        fn interests(&self) -> Interests {
            Interests::transitions().refusals()
        }

        fn on_transition(&self, _: &Transition) {}

        fn on_refusal(&self, _: &RefusedCall) {
            let breaker = self.0.get().expect("set");
            breaker.reset();
            breaker.half_open();
        }
    }

    let breaker = Arc::default();
    let built = CircuitBreaker::builder("pending: another trial")
        .permit(permit::ramp_up(0.001, 0.001, seconds(600)))
        .listener(AnotherTrial(Arc::clone(&breaker)))
        .build()
        .expect("valid");
    let breaker = breaker.get_or_init(|| built);
    let (mut service, control) = guarded(breaker);
    breaker.half_open();
    refused(&mut service, &control);
    assert_eq!(poll_ready(&mut service), Poll::Ready(Ok(())));
}

/// If a timer fires early or the breaker's clock is slow, the service checks again without spinning within a poll.
#[test]
fn a_sleep_that_does_not_sleep_wakes_the_task_again() {
    let fixture = fixture("pending: impatient");
    let (service, _control) = probe();
    let layer =
        CircuitBreakerLayer::new(fixture.breaker.clone()).pending_while_open(|_| std::future::ready(()));
    let mut service = layer.layer(service);
    fixture.trip();
    let wakes = Arc::new(Wakes::default());
    for polls in 1..=3 {
        assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Pending);
        assert_eq!(wakes.count(), polls);
    }
    fixture.wait();
    assert_eq!(poll_ready_by(&mut service, &wakes), Poll::Ready(Ok(())));
}

/// Of two endpoints, the one whose breaker is open gets no calls, and no error reaches the caller.
#[tokio::test(start_paused = true)]
async fn a_load_balancer_picks_the_healthy_endpoint() {
    let [broken, well] = [fixture("pending: broken"), fixture("pending: well")];
    let ((one, of_broken), (another, of_well)) = (guarded(&broken.breaker), guarded(&well.breaker));
    let endpoints = ServiceList::new([Constant::new(one, 1), Constant::new(another, 1)]);
    let mut balance = Balance::new(endpoints);
    broken.trip();
    for request in 0..20 {
        let answer = balance.ready().await.expect("one endpoint is well").call(request);
        of_well.answer(Ok(request));
        assert_eq!(answer.await.expect("well"), request);
    }
    assert_eq!((of_broken.calls(), broken.breaker.snapshot().rejected), (0, 0));

    advance(&broken, seconds(61)).await;
    well.breaker.force_open();
    let probe = balance.ready().await.expect("the other is due").call(7);
    of_broken.answer(Ok(7));
    assert_eq!(probe.await.expect("well again"), 7);
}
