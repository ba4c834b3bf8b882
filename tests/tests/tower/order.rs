//! Which layer goes where, the harm of the wrong order, and what retries do with refusals, as described on the page about layers.

use std::future::{Ready, ready};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backon::{ConstantBuilder, Retryable as _};
use fluxgate::testing::ManualClock;
use fluxgate::tower::CircuitBreakerLayer;
use fluxgate::{CallNotPermitted, Error, State, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};
use tower::retry::{Policy, Retry, RetryLayer};
use tower::util::BoxService;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _};

use crate::probe::{Failed, poll_ready};

/// A service that never answers.
fn hangs() -> impl Service<(), Response = (), Error = BoxError, Future: Send> + Clone {
    tower::service_fn(|(): ()| std::future::pending::<Result<(), BoxError>>())
}

/// A dead service, and how often it was called.
fn dead() -> (impl Service<(), Response = (), Error = Failed, Future: Send> + Clone, Arc<AtomicU64>) {
    let asked = Arc::new(AtomicU64::new(0));
    let counted = asked.clone();
    let service = tower::service_fn(move |(): ()| {
        counted.fetch_add(1, Ordering::Relaxed);
        ready(Err::<(), _>(Failed))
    });
    (service, asked)
}

async fn ask<S: Service<()>>(service: &mut S) -> Result<S::Response, S::Error> {
    service.ready().await?.call(()).await
}

#[tokio::test(start_paused = true)]
async fn a_time_out_inside_the_breaker_opens_it_and_one_outside_never_does() {
    let [right, wrong] = [3, 3].map(|streak| Fixture::with_rule(trip::failure_streak(streak)));
    let layer = |fixture: &Fixture| {
        let refused = |refusal: CallNotPermitted| Err::<(), BoxError>(refusal.into());
        CircuitBreakerLayer::new(fixture.breaker.clone()).rejected(refused)
    };
    let mut within = ServiceBuilder::new().layer(layer(&right)).timeout(seconds(1)).service(hangs());
    let mut outside = ServiceBuilder::new().timeout(seconds(1)).layer(layer(&wrong)).service(hangs());
    for _ in 0..20 {
        ask(&mut within).await.expect_err("it hangs");
        ask(&mut outside).await.expect_err("it hangs");
    }
    assert_eq!((right.state(), wrong.state()), (State::Open, State::Closed));
    assert_eq!((right.breaker.snapshot().rejected, wrong.breaker.snapshot().totals.cancelled), (17, 20));
}

/// Retries this often, on a clock that the test moves.
#[derive(Clone)]
struct Retries {
    left: u32,
    clock: ManualClock,
}

impl Retries {
    fn after(&self, delay: Duration) -> Ready<()> {
        self.clock.advance(delay);
        ready(())
    }
}

impl<T, E> Policy<(), T, Error<E>> for Retries {
    type Future = Ready<()>;

    fn retry(&mut self, (): &mut (), result: &mut Result<T, Error<E>>) -> Option<Ready<()>> {
        self.left = self.left.checked_sub(1)?;
        let planned = Some(millis(100));
        let delay = match result {
            Ok(_) => None,
            Err(Error::NotPermitted(refusal)) => refusal.delay_retry(planned),
            Err(Error::Inner(_)) => planned,
        };
        delay.map(|delay| self.after(delay))
    }

    fn clone_request(&mut self, (): &()) -> Option<()> {
        Some(())
    }
}

impl<T> Policy<(), T, Failed> for Retries {
    type Future = Ready<()>;

    fn retry(&mut self, (): &mut (), result: &mut Result<T, Failed>) -> Option<Ready<()>> {
        self.left = self.left.checked_sub(1)?;
        result.is_err().then(|| self.after(millis(100)))
    }

    fn clone_request(&mut self, (): &()) -> Option<()> {
        Some(())
    }
}

#[tokio::test]
async fn retries_outside_the_breaker_count_and_those_inside_triple_the_calls_to_a_dead_service() {
    let [right, wrong] = [6, 6].map(|streak| Fixture::with_rule(trip::failure_streak(streak)));
    let retries = |fixture: &Fixture| RetryLayer::new(Retries { left: 2, clock: fixture.clock.clone() });
    let ((service, asked), (other, asked_within)) = (dead(), dead());
    let mut outside = ServiceBuilder::new()
        .layer(retries(&right))
        .layer(CircuitBreakerLayer::new(right.breaker.clone()))
        .service(service);
    let mut within = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(wrong.breaker.clone()))
        .layer(retries(&wrong))
        .service(other);
    while right.state() == State::Closed {
        ask(&mut outside).await.expect_err("it is dead");
    }
    while wrong.state() == State::Closed {
        ask(&mut within).await.expect_err("it is dead");
    }
    assert_eq!((asked.load(Ordering::Relaxed), asked_within.load(Ordering::Relaxed)), (6, 18));
}

/// A hanging call holds the only permit.
#[tokio::test]
async fn a_concurrency_limit_delays_refusals_only_outside_the_breaker() {
    let fixture = Fixture::with_rule(trip::failure_streak(1));
    let layer = CircuitBreakerLayer::new(fixture.breaker.clone());
    let mut within = ServiceBuilder::new().layer(layer.clone()).concurrency_limit(1).service(hangs());
    let mut outside = ServiceBuilder::new().concurrency_limit(1).layer(layer).service(hangs());
    let _hung = within.ready().await.expect("ready").call(());
    let _also_hung = outside.ready().await.expect("ready").call(());
    fixture.trip();
    assert!(poll_ready(&mut outside).is_pending());
    assert!(matches!(ask(&mut within).await, Err(Error::NotPermitted(_))));
}

/// The program's own layers refuse calls, whatever the dependency does.
#[tokio::test]
async fn what_refuses_calls_inside_the_breaker_opens_it_for_a_healthy_service() {
    let answers = async |(): ()| Ok::<_, BoxError>(());
    let mut judged = Vec::new();
    for is_within in [false, true] {
        let shedding = Fixture::with_rule(trip::failure_streak(3));
        let filtering = Fixture::with_rule(trip::failure_streak(3));
        let [shed, filtered] = [&shedding, &filtering].map(|fixture| {
            CircuitBreakerLayer::new(fixture.breaker.clone()).rejected(|refusal| Err(refusal.into()))
        });
        let invalid = |()| Err::<(), _>(Failed);
        let (mut busy, mut strict) = if is_within {
            let busy = ServiceBuilder::new().layer(shed).load_shed().concurrency_limit(0).service_fn(answers);
            let strict = ServiceBuilder::new().layer(filtered).filter(invalid).service_fn(answers);
            (BoxService::new(busy), BoxService::new(strict))
        } else {
            let busy = ServiceBuilder::new().load_shed().layer(shed).concurrency_limit(0).service_fn(answers);
            let strict = ServiceBuilder::new().filter(invalid).layer(filtered).service_fn(answers);
            (BoxService::new(busy), BoxService::new(strict))
        };
        for _ in 0..3 {
            ask(&mut busy).await.expect_err("there is no room");
            ask(&mut strict).await.expect_err("it is invalid");
        }
        judged.push((shedding.state(), filtering.state()));
    }
    assert_eq!(judged, [(State::Closed, State::Closed), (State::Open, State::Open)]);
}

/// As tower-http's `TimeoutLayer` answers.
#[tokio::test(start_paused = true)]
async fn a_time_out_that_answers_opens_the_breaker_only_with_a_status_of_a_failed_server() {
    for (status, expected) in [(408, State::Closed), (504, State::Open)] {
        let fixture = Fixture::with_rule(trip::failure_streak(3));
        let mut hanging = ServiceBuilder::new()
            .layer(CircuitBreakerLayer::http(fixture.breaker.clone()))
            .map_result(move |result: Result<(), BoxError>| {
                result.expect_err("it hangs");
                Ok::<_, BoxError>(http::Response::builder().status(status).body(())?)
            })
            .timeout(seconds(1))
            .service(hangs());
        for _ in 0..3 {
            assert_eq!(ask(&mut hanging).await.expect("an answer").status(), status);
        }
        assert_eq!(fixture.state(), expected);
    }
}

/// A cache of one entry, which keeps what `is_kept` says.
fn cached(
    fixture: &Fixture,
    is_kept: fn(&Result<u32, Error<Failed>>) -> bool,
) -> impl FnMut() -> Result<u32, Error<Failed>> {
    let (breaker, mut entry) = (fixture.breaker.clone(), None);
    move || {
        if let Some(entry) = &entry {
            return Clone::clone(entry);
        }
        let result = breaker.call(|| Ok(7));
        entry = Some(result.clone()).filter(is_kept);
        result
    }
}

#[test]
fn a_cache_that_keeps_errors_keeps_refusals() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    let (mut values, mut results) = (cached(&fixture, Result::is_ok), cached(&fixture, |_| true));
    fixture.breaker.force_open();
    for cache in [&mut values as &mut dyn FnMut() -> _, &mut results] {
        cache().expect_err("refused");
    }
    fixture.breaker.reset();
    assert_eq!(values().expect("asked again"), 7);
    assert!(matches!(results(), Err(Error::NotPermitted(_))));
}

#[test]
fn hits_of_a_cache_inside_the_breaker_are_successes_and_are_refused() {
    let (fixture, inner) =
        (Fixture::with_rule(trip::failure_streak(3)), Fixture::with_rule(trip::failure_streak(3)));
    let mut within = cached(&inner, Result::is_ok);
    for _ in 0..3 {
        fixture.breaker.call(&mut within).expect("a value");
    }
    assert_eq!((fixture.breaker.metrics().total(), inner.breaker.metrics().total()), (3, 1));
    fixture.breaker.force_open();
    fixture.breaker.call(&mut within).expect_err("refused, though it is in the cache");
}

/// The whole stack in the right order: the service dies and recovers, and a patient caller notices nothing.
#[tokio::test(start_paused = true)]
async fn the_whole_stack_recovers() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    let asked = Arc::new(AtomicU64::new(0));
    let counted = asked.clone();
    let recovers = tower::service_fn(move |(): ()| {
        let dies = counted.fetch_add(1, Ordering::Relaxed) < 3;
        async move { if dies { std::future::pending().await } else { Ok::<_, BoxError>(7) } }
    });
    let stack = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(fixture.breaker.clone()))
        .concurrency_limit(1)
        .timeout(seconds(1))
        .service(recovers);
    let retries = Retries { left: 9, clock: fixture.clock.clone() };
    let mut stack = Retry::new(retries, stack);
    assert_eq!(ask(&mut stack).await.expect("it has recovered"), 7);
    assert_eq!(asked.load(Ordering::Relaxed), 4, "three attempts failed, one was refused and waited");
    assert_eq!(fixture.breaker.snapshot().totals.refused, 1);
}

#[tokio::test]
async fn backon_waits_as_long_as_a_refusal_says() {
    for (forced, waits) in [(false, vec![seconds(60)]), (true, vec![])] {
        let fixture = Fixture::with_rule(trip::failure_streak(1));
        fixture.trip();
        if forced {
            fixture.breaker.force_open();
        }
        let slept = Arc::new(Mutex::new(Vec::new()));
        let (clock, sleeps) = (fixture.clock.clone(), slept.clone());
        let result = (|| fixture.breaker.call_async(ready(Err::<(), _>(Failed))))
            .retry(ConstantBuilder::default().with_delay(millis(100)).with_max_times(1))
            .sleep(move |delay: Duration| {
                clock.advance(delay);
                sleeps.lock().expect("no test panics here").push(delay);
                ready(())
            })
            .adjust(|error: &Error<Failed>, planned| match error {
                Error::NotPermitted(refusal) => refusal.delay_retry(planned),
                Error::Inner(_) => planned,
            })
            .await;
        result.expect_err("it is dead");
        assert_eq!(*slept.lock().expect("no test panics here"), waits, "as long as it says, or not at all");
    }
}
