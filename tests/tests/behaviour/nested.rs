//! A call inside an admitted call of the same breaker is part of it: it takes no slot of a trial, and has no outcome of its own.

use std::cell::Cell;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

use fluxgate::{
    Builder, Call, CallNotPermitted, CircuitBreaker, Clock, Outcome, Reason, State, circuit_breaker, permit,
    trip,
};
use fluxgate_tests::fixture::{Fixture, seconds};
use fluxgate_tests::futures::{now, poll};

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the service is down")]
    Down,
    #[error("the service was not asked")]
    Refused(#[from] CallNotPermitted),
}

/// A client whose calls all go through one breaker, including those that consist of others.
struct Client {
    breaker: CircuitBreaker,
    down: Cell<bool>,
    gets: Cell<u32>,
}

impl Client {
    fn of(breaker: CircuitBreaker) -> Self {
        Self { breaker, down: Cell::new(false), gets: Cell::new(0) }
    }

    #[circuit_breaker(breaker = self.breaker)]
    fn get(&self) -> Result<u32, Failure> {
        self.gets.set(self.gets.get() + 1);
        if self.down.get() { Err(Failure::Down) } else { Ok(1) }
    }

    #[circuit_breaker(breaker = self.breaker)]
    fn pages(&self) -> Result<u32, Failure> {
        (0..3).map(|_| self.get()).sum()
    }

    #[circuit_breaker(breaker = self.breaker)]
    fn tree(&self, depth: u32) -> Result<u32, Failure> {
        if depth == 0 { self.get() } else { Ok(self.tree(depth - 1)? + self.tree(depth - 1)?) }
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn fetch(&self) -> Result<u32, Failure> {
        tokio::task::yield_now().await;
        self.get()
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn both(&self) -> Result<u32, Failure> {
        let (one, other) = tokio::join!(self.fetch(), self.fetch());
        Ok(one? + other?)
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn either(&self) -> Result<u32, Failure> {
        tokio::select! {
            one = self.fetch() => one,
            other = self.fetch() => other,
        }
    }

    #[circuit_breaker(breaker = self.breaker)]
    fn begun(&self) -> impl Future<Output = Result<u32, Failure>> {
        self.gets.set(self.gets.get() + 1);
        async {
            tokio::task::yield_now().await;
            Ok(1)
        }
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn hang(&self) -> Result<u32, Failure> {
        pending().await
    }
}

/// With one slot, about to begin a trial of 10.
fn before_trial(configure: impl FnOnce(Builder) -> Builder) -> Fixture {
    let fixture = Fixture::new(|builder| configure(builder.max_half_open_calls(1)));
    fixture.trip();
    fixture.wait();
    fixture
}

fn client() -> Client {
    Client::of(before_trial(|builder| builder).breaker)
}

/// Regression: with default settings, a healthy service got no successful call in an hour.
#[test]
fn a_function_that_calls_another_recovers() {
    let of_all_kinds: [fn(Builder) -> Builder; 3] = [
        |builder| builder,
        |builder| builder.max_half_open_calls(1),
        |builder| builder.permit(permit::all()),
    ];
    for configure in of_all_kinds {
        let clock = fluxgate::testing::ManualClock::new();
        let breaker =
            configure(CircuitBreaker::builder("nested")).clock(clock.clone()).build().expect("valid");
        let client = Client::of(breaker);
        client.down.set(true);
        while client.breaker.state() == State::Closed {
            assert!(client.pages().is_err());
        }
        client.down.set(false);
        client.gets.set(0);
        clock.advance(seconds(60));
        let due = clock.now();
        let mut went_through = 0;
        while client.breaker.state() != State::Closed {
            // A call is refused as a whole or not at all.
            went_through += client.pages().unwrap_or(0);
            assert_eq!(client.gets.get(), went_through);
            clock.advance(seconds(1));
            assert!(clock.now() - due <= seconds(61), "the ramp is over");
        }
        assert!(went_through >= 18, "{went_through}");
    }
}

#[test]
fn recursion_counts_once_in_a_trial() {
    let client = client();
    for nth in 1..=6 {
        assert_eq!(client.tree(4).expect("one call"), 16);
        if nth < 6 {
            assert_eq!(client.breaker.metrics().total(), nth);
        }
    }
    assert_eq!(client.breaker.state(), State::Closed);
    assert_eq!(client.breaker.snapshot().rejected, 0);
}

#[tokio::test]
async fn futures_that_are_polled_within_another_are_part_of_it() {
    let client = client();
    for nth in 1..=3 {
        assert_eq!(client.both().await.expect("one call"), 2);
        assert_eq!(client.either().await.expect("one call"), 1);
        if nth < 3 {
            assert_eq!(client.breaker.metrics().total(), 2 * nth);
        }
    }
    assert_eq!(client.breaker.state(), State::Closed);
}

/// Regression: polling or dropping another probe ended the scope of the one that did so, whose next inner call found no slot.
#[test]
fn polling_or_dropping_a_probe_within_another_keeps_the_outer_scope() {
    type Other<'a> = Pin<Box<dyn Future<Output = Result<u32, Failure>> + 'a>>;
    type Act = fn(Other<'_>, &mut Context<'_>);
    let acts: [(Act, u64); 3] = [
        (|other, _| drop(other), 0),
        (|mut other, context| assert!(other.as_mut().poll(context).is_ready()), 1),
        (
            |mut other, context| {
                assert!(other.as_mut().poll(context).is_pending());
                std::mem::forget(other);
            },
            0,
        ),
    ];
    for (act, ended) in acts {
        for is_eager in [false, true] {
            let client = Client::of(before_trial(|builder| builder.max_half_open_calls(2)).breaker);
            let mut context = Context::from_waker(Waker::noop());
            let waits = std::ptr::fn_addr_eq(act, acts[2].0);
            let mut other: Other<'_> = match (waits, is_eager) {
                (true, _) => Box::pin(client.hang()),
                (false, true) => Box::pin(client.begun()),
                (false, false) => Box::pin(client.fetch()),
            };
            assert!(other.as_mut().poll(&mut context).is_pending());
            let outer = client.breaker.call(|| {
                act(other, &mut context);
                client.pages()
            });
            assert!(matches!(outer, Ok(3)), "{outer:?}");
            assert_eq!(client.breaker.metrics().total(), ended + 1);
        }
    }
}

#[test]
fn closures_are_bodies_too() {
    let fixture = before_trial(|builder| builder);
    for _ in 0..6 {
        let inner = || fixture.breaker.call(|| Ok::<_, ()>(7));
        assert!(matches!(fixture.breaker.call(inner), Ok(7)));
    }
    assert_eq!(fixture.state(), State::Closed);
}

/// Only the outcome of the outer call counts.
#[test]
fn an_inner_failure_that_is_handled_does_not_count() {
    let fixture = before_trial(|builder| builder);
    let result =
        fixture.breaker.call(|| Ok::<_, ()>(fixture.breaker.call(|| Err::<(), _>("inner")).is_err()));
    assert!(matches!(result, Ok(true)));
    assert_eq!(fixture.counts(), (1, 0));
    let result = fixture.breaker.call(|| {
        let _ = fixture.breaker.call(|| Ok::<_, ()>(()));
        Err::<(), _>("outer")
    });
    assert!(result.is_err());
    assert_eq!(fixture.counts(), (2, 1));
}

/// Once the breaker has moved on, the outer call no longer covers it.
#[test]
fn an_inner_call_in_another_generation_is_a_separate_call() {
    let fixture = before_trial(|builder| builder);
    let result = fixture.breaker.call(|| {
        fixture.breaker.force_open();
        fixture.breaker.call(|| Ok::<_, ()>(())).map_err(drop)
    });
    assert!(result.is_err(), "it is refused");
    assert_eq!(fixture.breaker.snapshot().rejected, 1);
}

/// An acquired call has no inside, nor has one that is over, nor a future between two polls.
#[test]
fn a_call_that_is_not_nested_needs_a_slot() {
    let fixture = before_trial(|builder| builder);
    let held = fixture.breaker.acquire().expect("a slot");
    assert!(fixture.breaker.call(|| Ok::<_, ()>(())).is_err());
    held.ignore();

    let panicking = || fixture.breaker.call(|| -> Result<(), ()> { resume_unwind(Box::new(())) });
    assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err());
    let held = fixture.breaker.acquire().expect("a slot");
    fixture.refusal();
    drop(held);

    let client = client();
    let mut hung = pin!(client.hang());
    assert!(poll(hung.as_mut()).is_pending());
    assert!(matches!(client.get(), Err(Failure::Refused(_))));
}

#[test]
fn a_call_on_another_thread_is_not_inside() {
    let fixture = before_trial(|builder| builder);
    let result = fixture.breaker.call(|| {
        let elsewhere = || fixture.breaker.call(|| Ok::<_, ()>(())).is_err();
        Ok::<_, ()>(thread::scope(|scope| scope.spawn(elsewhere).join().expect("it does not panic")))
    });
    assert!(matches!(result, Ok(true)), "it is refused");
    assert_eq!(fixture.counts(), (1, 0));
}

/// How many calls a body makes to a dead service, one each second, until it is refused.
fn call_without_end(fixture: &Fixture) -> usize {
    let fails = || {
        fixture.advance(seconds(1));
        Err::<(), _>("down")
    };
    let calls = (0..1_000).map(|_| fixture.breaker.call(fails));
    calls.take_while(|result| matches!(result, Err(fluxgate::Error::Inner(_)))).count()
}

/// Regression: a body that called without end, and dealt with the failures, got every call to a dead service.
#[test]
fn a_body_that_calls_without_end_is_given_up() {
    for permit in [permit::all(), permit::random(0.01), permit::ramp_up(0.1, 0.1, seconds(600))] {
        let fixture = before_trial(|builder| builder.permit(permit));
        // Until the permit admits it.
        let outer = || fixture.breaker.call(|| Ok::<_, ()>(call_without_end(&fixture))).ok();
        assert_eq!(std::iter::repeat_with(outer).find_map(|calls| calls), Some(60));
        assert_eq!(fixture.state(), State::Open);
        assert_eq!(fixture.heard.last().reason, Reason::HalfOpenTimeout);
    }
}

/// Nor does such a body keep a ramp from ending, after which each call counts again.
#[test]
fn a_body_that_calls_without_end_leaves_a_ramp() {
    let ramp = permit::ramp_up(1.0, 1.0, seconds(60));
    let fixture = before_trial(|builder| builder.trip(trip::failure_streak(5)).permit(ramp));
    let outer = fixture.breaker.call(|| {
        (0..5).for_each(|_| fixture.breaker.record(Outcome::Success, seconds(0)));
        Ok::<_, ()>(call_without_end(&fixture))
    });
    assert!(matches!(outer, Ok(65)), "{outer:?}");
    assert_eq!(fixture.state(), State::Open);
}

/// Inside another breaker's call is not inside a call of this one.
#[test]
fn calls_of_different_breakers_each_take_a_slot() {
    let (one, other) = (before_trial(|builder| builder), before_trial(|builder| builder));
    let result = one.breaker.call(|| other.breaker.call(|| one.breaker.call(|| Ok::<_, ()>(()))));
    assert!(matches!(result, Ok(())));
    assert_eq!((one.counts(), other.counts()), ((1, 0), (1, 0)));
}

/// Calls that make others elsewhere, on a thread that is not inside.
struct Spawning(CircuitBreaker);

impl Spawning {
    #[circuit_breaker(breaker = self.0)]
    fn get(&self, is_dead: bool) -> Result<(), Failure> {
        if is_dead { Err(Failure::Down) } else { Ok(()) }
    }

    #[circuit_breaker(breaker = self.0)]
    fn outer(&self, body: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        body()
    }

    #[circuit_breaker(breaker = self.0)]
    fn elsewhere(&self, depth: u32, is_dead: bool) -> Result<(), Failure> {
        if depth == 0 {
            return self.get(is_dead);
        }
        let further = || self.elsewhere(depth - 1, is_dead);
        thread::scope(|scope| scope.spawn(further).join().expect("it does not panic"))
    }
}

/// A failure that is only the breaker's own refusal, from a thread or task that is not inside, is no evidence.
#[test]
fn its_own_refusal_further_in_is_no_evidence() {
    let spawning = Spawning(before_trial(|builder| builder).breaker);
    assert!(matches!(spawning.elsewhere(1, true), Err(Failure::Refused(_))));
    assert_eq!((spawning.0.state(), spawning.0.metrics().total()), (State::HalfOpen, 0));
    (0..6).for_each(|_| spawning.get(false).expect("the slot came back"));
    assert_eq!(spawning.0.state(), State::Closed);
}

/// Regression: where a trial had room for one more call, and that made another one elsewhere, each such call was refused forever.
#[test]
fn calls_that_make_others_elsewhere_end_a_trial() {
    for rule in [
        trip::min(1) & trip::failure_rate(1.0),
        trip::failure_streak(5),
        trip::min(4) & trip::failure_rate(1.0),
        trip::min(10) & trip::failure_rate(0.5),
    ] {
        for (slots, depth) in [(1, 1), (2, 1), (2, 2), (10, 1), (10, 3)] {
            for (is_dead, end) in [(false, State::Closed), (true, State::Open)] {
                let fixture = before_trial(|builder| builder.trip(rule.clone()).max_half_open_calls(slots));
                let spawning = Spawning(fixture.breaker.clone());
                let mut calls = 0;
                while calls == 0 || fixture.state() == State::HalfOpen {
                    calls += 1;
                    assert!(calls <= 20, "`{rule}` with {slots} slots, {depth} deep");
                    drop(spawning.elsewhere(depth, is_dead));
                }
                assert_eq!(fixture.state(), end, "`{rule}` with {slots} slots, {depth} deep");
            }
        }
    }
}

/// There is room for twice as many calls at most, and no more outcomes count than before.
#[test]
fn room_for_calls_elsewhere_is_bounded() {
    let fixture = before_trial(|builder| builder.max_half_open_calls(3));
    let spawning = Spawning(fixture.breaker.clone());
    for room in [3, 4, 5, 6, 6, 6] {
        let mut held: Vec<_> = std::iter::from_fn(|| fixture.breaker.acquire().ok()).collect();
        assert_eq!(held.len(), room);
        held.pop().expect("one").ignore();
        assert!(matches!(spawning.elsewhere(1, false), Err(Failure::Refused(_))));
        held.into_iter().for_each(Call::ignore);
    }
    fixture.fail(5);
    assert_eq!(fixture.state(), State::Open);
    // Another trial has as much as the first.
    fixture.wait();
    let held: Vec<_> = std::iter::from_fn(|| fixture.breaker.acquire().ok()).collect();
    assert_eq!(held.len(), 3);
}

/// Regression: each such call made room for another one to a service that could be dead, and the trial got more calls than it can use.
#[test]
fn calls_from_before_a_trial_that_fail_by_its_refusals_make_no_room() {
    #[circuit_breaker(breaker = breaker)]
    fn old(breaker: &CircuitBreaker, body: impl FnOnce() -> CallNotPermitted) -> Result<(), Failure> {
        Err(body().into())
    }
    #[circuit_breaker(breaker = breaker)]
    async fn old_async(
        breaker: &CircuitBreaker,
        body: impl Future<Output = CallNotPermitted>,
    ) -> Result<(), Failure> {
        Err(body.await.into())
    }
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(2)));
    let probes = || std::iter::from_fn(|| fixture.breaker.acquire().ok()).collect::<Vec<_>>();
    let mut future = pin!(old_async(&fixture.breaker, async {
        tokio::task::yield_now().await;
        fixture.refusal()
    }));
    assert!(poll(future.as_mut()).is_pending());
    let mut held = Vec::new();
    let failed = old(&fixture.breaker, || {
        fixture.before_trial();
        held = probes();
        fixture.refusal()
    });
    assert!(matches!(failed, Err(Failure::Refused(_))));
    assert!(matches!(poll(future.as_mut()), Poll::Ready(Err(Failure::Refused(_)))));
    assert_eq!((held.len(), probes().len()), (2, 0));
}

/// Regression: the inner call, which is part of the probe, made room, and then the probe did as well.
#[test]
fn a_probe_makes_room_once_and_only_if_it_fails() {
    for (fails, room) in [(true, 3), (false, 2)] {
        let fixture = before_trial(|builder| builder.max_half_open_calls(2));
        let spawning = Spawning(fixture.breaker.clone());
        let held = fixture.breaker.acquire().expect("a slot");
        let result = spawning.outer(|| {
            let part = spawning.elsewhere(1, false);
            if fails { part } else { Ok(()) }
        });
        assert_eq!(result.is_err(), fails);
        held.ignore();
        assert_eq!(std::iter::from_fn(|| fixture.breaker.acquire().ok()).collect::<Vec<_>>().len(), room);
    }
}

/// It is recognised in any error that carries it, and with any tracker.
#[test]
fn its_own_refusal_is_recognised_in_any_error() {
    #[derive(Debug, thiserror::Error)]
    enum Transparent {
        #[error(transparent)]
        Refused(#[from] CallNotPermitted),
        #[error(transparent)]
        Inner(#[from] Box<Transparent>),
    }

    #[derive(Debug, thiserror::Error)]
    #[error("{name} failed")]
    struct Borrowed<'a> {
        name: &'a str,
        source: Option<CallNotPermitted>,
    }

    impl From<CallNotPermitted> for Borrowed<'_> {
        fn from(refusal: CallNotPermitted) -> Self {
            Self { name: "", source: Some(refusal) }
        }
    }

    /// Defines a function that returns this refusal as this type, and calls it.
    macro_rules! recognised {
        ($($returned:ty: $value:expr, [$($arguments:tt)*];)*) => {$({
            #[allow(clippy::needless_lifetimes, reason = "for one of the types")]
            #[circuit_breaker(breaker = breaker, $($arguments)*)]
            fn outer<'a>(breaker: &CircuitBreaker, refusal: CallNotPermitted, _name: &'a str) -> $returned {
                let convert: fn(CallNotPermitted) -> $returned = $value;
                convert(refusal)
            }
            #[allow(clippy::needless_lifetimes, reason = "for one of the types")]
            #[circuit_breaker(breaker = breaker, $($arguments)*)]
            async fn later<'a>(breaker: &CircuitBreaker, refusal: CallNotPermitted, _name: &'a str) -> $returned {
                let convert: fn(CallNotPermitted) -> $returned = $value;
                convert(refusal)
            }
            for is_own in [true, false] {
                let (own, other) = (before_trial(|builder| builder), Fixture::new(|builder| builder));
                other.breaker.force_open();
                let held = own.breaker.acquire().expect("a slot");
                let refusal = if is_own { own.refusal() } else { other.refusal() };
                held.ignore();
                let _ = outer(&own.breaker, refusal.clone(), "it");
                let counts = if is_own { (0, 0) } else { (1, 1) };
                assert_eq!(own.counts(), counts, "{}", stringify!($value));
                let _ = now(later(&own.breaker, refusal, "it"));
                let counts = if is_own { (0, 0) } else { (2, 2) };
                assert_eq!(own.counts(), counts, "{}, async", stringify!($value));
            }
        })*};
    }

    recognised! {
        Result<(), CallNotPermitted>: |refusal| Err(refusal), [];
        Result<(), fluxgate::Error<Failure>>: |refusal| Err(refusal.into()), [];
        Result<(), fluxgate::Error<fluxgate::Error<Failure>>>: |refusal| Err(fluxgate::Error::Inner(refusal.into())), [];
        Result<(), fluxgate::Error<String>>: |refusal| Err(refusal.into()), [];
        Result<(), fluxgate::Error<anyhow::Error>>: |refusal| Err(refusal.into()), [];
        Result<(), fluxgate::Error<String>>: |refusal| Err(refusal.into()), [track = matches(_)];
        Result<(), Transparent>: |refusal| Err(refusal.into()), [];
        Result<(), Transparent>: |refusal| Err(Box::new(Transparent::from(refusal)).into()), [];
        Result<(), Box<dyn std::error::Error>>: |refusal| Err(refusal.into()), [];
        Result<(), Box<dyn std::error::Error + Send + Sync>>: |refusal| Err(Transparent::from(refusal).into()), [];
        Result<(), std::io::Error>: |refusal| Err(refusal.into()), [];
        anyhow::Result<()>: |refusal| Err(anyhow::Error::from(refusal).context("outer")), [];
        Result<(), std::sync::Arc<Failure>>: |refusal| Err(Failure::from(refusal).into()), [rejected = |_| Ok(())];
        Result<(), Borrowed<'a>>: |refusal| Err(refusal.into()), [];
        Result<(), Failure>: |refusal| Err(refusal.into()), [track = matches(_)];
        Result<(), Failure>: |refusal| Err(refusal.into()), [track = returned(Err(_))];
    }
}

/// Another breaker's refusal is a failure like any other.
#[test]
fn another_breakers_refusal_further_in_is_evidence() {
    struct Behind(CircuitBreaker, CircuitBreaker);
    impl Behind {
        #[circuit_breaker(breaker = self.0)]
        fn get(&self) -> Result<(), Failure> {
            self.1.acquire()?.success();
            Ok(())
        }
    }

    let (outer, inner) = (before_trial(|builder| builder), Fixture::new(|builder| builder));
    inner.breaker.force_open();
    let behind = Behind(outer.breaker, inner.breaker);
    assert!(matches!(behind.get(), Err(Failure::Refused(_))));
    assert_eq!((behind.0.metrics().total(), behind.0.metrics().failures()), (1, 1));
}

/// A permit may count how often it is asked.
#[test]
fn a_custom_permit_is_not_asked_about_inner_calls() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let counting = |_| ASKED.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
    let fixture = before_trial(|builder| builder.permit(permit::custom(counting)));
    let inner = || fixture.breaker.call(|| Ok::<_, ()>(()));
    for nth in 1..=6 {
        fixture.breaker.call(inner).expect("each second call is permitted");
        assert_eq!(ASKED.load(Ordering::Relaxed), 2 * nth - 1);
        if nth < 6 {
            fixture.refusal();
        }
    }
    assert_eq!(fixture.state(), State::Closed);
}

/// In a ramp, the permit does not decide on inner calls again; while closed, each call counts separately.
#[test]
fn inner_calls_in_a_ramp_are_part_of_the_outer_call() {
    let fixture = before_trial(|builder| {
        builder.trip(trip::failure_streak(1)).permit(permit::ramp_up(0.1, 0.1, seconds(60)))
    });
    fixture.succeed(1);
    let mut admitted = 0;
    for _ in 0..1_000 {
        let inner = || fixture.breaker.call(|| fixture.breaker.call(|| Ok::<_, ()>(())));
        match fixture.breaker.call(inner) {
            Ok(()) => admitted += 1,
            Err(error) => {
                assert!(matches!(error, fluxgate::Error::NotPermitted(_)), "refused within: {error:?}");
            }
        }
    }
    assert!((20..250).contains(&admitted), "{admitted} of 1,000 at a tenth");
    assert_eq!(fixture.counts(), (admitted.min(10), 0));

    let closed = Fixture::new(|builder| builder);
    let _ = closed.breaker.call(|| closed.breaker.call(|| Ok::<_, ()>(())));
    assert_eq!(closed.counts(), (2, 0));
}
