//! An idle open breaker is `Open` until a call comes; `is_due` says whether that call would be admitted.

use std::time::Duration;

use fluxgate::{State, retry};
use fluxgate_tests::fixture::{Fixture, seconds};

fn is_due(fixture: &Fixture) -> bool {
    let due = fixture.breaker.is_due();
    assert_eq!(fixture.breaker.snapshot().is_due, due);
    due
}

#[test]
fn it_is_due_when_its_pause_is_over() {
    let fixture = Fixture::new(|builder| builder.retry(retry::cooldown(seconds(30))));
    assert!(!is_due(&fixture), "closed");
    fixture.trip();
    assert!(!is_due(&fixture));
    fixture.advance(seconds(30) - Duration::from_nanos(1));
    assert!(!is_due(&fixture));
    fixture.advance(Duration::from_nanos(1));
    assert!(is_due(&fixture));
    let probe = fixture.breaker.acquire().expect("due");
    assert!(!is_due(&fixture), "half-open");
    drop(probe);
    fixture.breaker.reset();
    assert!(!is_due(&fixture), "closed again");
    fixture.breaker.force_open();
    assert!(!is_due(&fixture), "forced open");
}

#[test]
fn asking_changes_nothing() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    fixture.wait();
    for _ in 0..3 {
        assert!(is_due(&fixture));
        assert_eq!((fixture.state(), fixture.counts()), (State::Open, (10, 10)));
    }
    assert_eq!(fixture.heard.steps(), [(State::Closed, State::Open)]);
}

/// Regression: a gate that checks only the state never lets the first call through.
#[test]
fn a_gate_lets_the_first_call_pass() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    let mut passed = 0;
    for _ in 0..100 {
        if fixture.state() != State::Open || fixture.breaker.is_due() {
            fixture.succeed(1);
            passed += 1;
        }
        fixture.advance(seconds(1));
    }
    assert_eq!((passed, fixture.state()), (40, State::Closed));
}

#[test]
fn a_breaker_that_never_tries_again_is_never_due() {
    let fixture = Fixture::new(|builder| builder.retry(retry::never()));
    fixture.trip();
    fixture.advance(seconds(1_000_000));
    assert!(!is_due(&fixture));
    fixture.breaker.force_open();
    assert!(!is_due(&fixture));
    let fixture = Fixture::new(|builder| builder.retry(retry::always()));
    fixture.trip();
    assert!(is_due(&fixture), "at once");
}
