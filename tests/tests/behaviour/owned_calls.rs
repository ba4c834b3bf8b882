//! A handle can be cloned, and a call can own a handle: both go where a borrow cannot.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use fluxgate::testing::isolate;
use fluxgate::{CircuitBreaker, Outcome, OwnedCall, State, breaker};
use fluxgate_tests::fixture::{self, Fixture, seconds};

fn owned(fixture: &Fixture) -> OwnedCall {
    fixture.breaker.acquire_owned().expect("it should be admitted")
}

#[test]
fn counts_like_a_borrowed_one() {
    let fixture = Fixture::new(|builder| builder);
    owned(&fixture).success();
    owned(&fixture).failure();
    owned(&fixture).ignore();
    owned(&fixture).record(Outcome::Failure);
    drop(owned(&fixture));
    assert_eq!(fixture.counts(), (3, 2));
}

#[test]
fn outlives_the_handle_that_admitted_it_and_ends_on_another_thread() {
    let Fixture { breaker, .. } = Fixture::new(|builder| builder);
    let kept = breaker.clone();
    let call = breaker.acquire_owned().expect("closed");
    assert_eq!((call.breaker().name(), call.state(), call.generation()), ("fixture", State::Closed, 0));
    drop(breaker);
    thread::spawn(move || call.failure()).join().expect("it does not panic");
    assert_eq!(kept.metrics().failures(), 1);
}

#[test]
fn keeps_its_breaker_alive() {
    let _alone = fixture::alone();
    let call =
        CircuitBreaker::builder("owned calls: kept").build().expect("valid").acquire_owned().expect("closed");
    let found = || fluxgate::find("owned calls: kept").is_some();
    assert!(found());
    call.success();
    assert!(!found(), "it was the last that held it");
}

#[test]
fn is_refused_as_any_call_is() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    let refusal = fixture.breaker.acquire_owned().map(OwnedCall::ignore).expect_err("open");
    assert_eq!((refusal.state(), refusal.retry_after()), (State::Open, Some(seconds(60))));
    assert_eq!(fixture.breaker.snapshot().rejected, 1);
}

#[test]
fn holds_a_slot_until_it_ends_in_any_way() {
    let ends: [fn(OwnedCall); 4] = [OwnedCall::success, OwnedCall::failure, OwnedCall::ignore, drop];
    for end in ends {
        let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
        fixture.trip();
        fixture.wait();
        let call = owned(&fixture);
        assert_eq!(call.state(), State::HalfOpen);
        fixture.refusal();
        end(call);
        owned(&fixture).success();
    }
}

#[test]
fn of_an_earlier_generation_is_late() {
    let fixture = Fixture::new(|builder| builder);
    let call = owned(&fixture);
    fixture.breaker.reset();
    call.failure();
    assert_eq!((fixture.counts(), fixture.breaker.snapshot().late), ((0, 0), 1));
}

/// `on_panic` and `on_cancel` apply as to a borrowed call.
#[test]
fn dropped_by_a_panic_it_fails_and_otherwise_it_is_cancelled() {
    let fixture = Fixture::new(|builder| builder);
    let unwinding = AssertUnwindSafe(|| {
        let _call = owned(&fixture);
        resume_unwind(Box::new("with the call in hand"));
    });
    assert!(catch_unwind(unwinding).is_err());
    assert_eq!(fixture.counts(), (1, 1));
    let fixture = Fixture::new(|builder| builder.on_panic(Outcome::Ignored).on_cancel(Outcome::Failure));
    let unwinding = AssertUnwindSafe(|| {
        let _call = owned(&fixture);
        resume_unwind(Box::new("with the call in hand"));
    });
    assert!(catch_unwind(unwinding).is_err());
    assert_eq!(fixture.counts(), (0, 0));
    drop(owned(&fixture));
    assert_eq!(fixture.counts(), (1, 1));
}

#[test]
fn a_clone_is_another_handle_to_the_same_breaker() {
    static SHARED: CircuitBreaker = breaker!(name = "owned calls: shared", trip = failure_streak(1));
    let _isolation = isolate();
    let value = breaker!(name = "owned calls: value", trip = failure_streak(1));
    let fixture = Fixture::with_rule(fluxgate::trip::failure_streak(1));
    for breaker in [&SHARED, &value, &fixture.breaker] {
        // The second breaker is initialized by its first clone.
        let clone = breaker.clone();
        breaker.acquire_owned().expect("closed").failure();
        assert_eq!(
            (breaker.state(), clone.state(), clone.clone().state()),
            (State::Open, State::Open, State::Open)
        );
        clone.reset();
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(clone.name(), breaker.name());
    }
}

/// The call stays with the breaker that admitted it: under isolation, the double.
#[test]
fn of_an_isolated_breaker_stays_with_the_double() {
    static ISOLATED: CircuitBreaker = breaker!(name = "owned calls: isolated", trip = failure_streak(1));
    let isolation = isolate();
    let (ends, outlives) =
        (ISOLATED.acquire_owned().expect("closed"), ISOLATED.acquire_owned().expect("closed"));
    thread::spawn(move || ends.failure()).join().expect("it does not panic");
    assert_eq!(ISOLATED.state(), State::Open);
    drop(isolation);
    outlives.failure();
    assert_eq!(
        (ISOLATED.state(), ISOLATED.metrics().total(), ISOLATED.snapshot().late),
        (State::Closed, 0, 0)
    );
}
