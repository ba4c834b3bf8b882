//! A process in which all breakers are disabled: its own, since other tests need theirs.

use fluxgate::testing::{disable_all, isolate};
use fluxgate::{CircuitBreaker, State, breaker, trip};

static USED: CircuitBreaker = breaker!(trip = failure_streak(1));
static LATER: CircuitBreaker = breaker!(trip = failure_streak(1));
static ISOLATED: CircuitBreaker = breaker!(trip = failure_streak(1));

fn fail(breaker: &CircuitBreaker) {
    breaker.call(|| Err::<(), _>("down")).expect_err("it fails");
}

#[test]
fn every_breaker_is_disabled_whenever_it_is_first_used() {
    let before = CircuitBreaker::builder("before").trip(trip::failure_streak(1)).build().expect("valid");
    fail(&USED);
    assert_eq!(USED.state(), State::Open);

    disable_all();
    let after = CircuitBreaker::builder("after").trip(trip::failure_streak(1)).build().expect("valid");
    for breaker in [&USED, &LATER, &before, &after] {
        fail(breaker);
        assert_eq!(breaker.state(), State::Disabled, "{}", breaker.name());
    }

    // Any command ends it, and tests about breakers isolate theirs.
    after.reset();
    fail(&after);
    assert_eq!(after.state(), State::Open);
    let isolation = isolate();
    fail(&ISOLATED);
    assert_eq!(ISOLATED.state(), State::Open);
    drop(isolation);
    fail(&ISOLATED);
    assert_eq!(ISOLATED.state(), State::Disabled);
}
