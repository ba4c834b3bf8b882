//! A closed breaker admits every call, records each outcome and evaluates the rule on it.

use std::time::Duration;

use fluxgate::{Error, Outcome, State, trip, window};
use fluxgate_tests::fixture::{Fixture, millis};

#[test]
fn every_call_is_admitted() {
    let fixture =
        Fixture::new(|builder| builder.window(window::count(100)).trip(trip::failure_streak(1_000)));
    let held: Vec<_> = (0..500).map(|_| fixture.breaker.acquire().expect("closed")).collect();
    assert_eq!(held.len(), 500);
    held.into_iter().for_each(fluxgate::Call::failure);
    assert_eq!(fixture.state(), State::Closed);
    assert!(fixture.heard.all().is_empty());
}

#[test]
fn each_outcome_is_recorded() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(3);
    assert_eq!(fixture.counts(), (3, 0));
    fixture.fail(2);
    assert_eq!(fixture.counts(), (5, 2));
    fixture.succeed(1);
    assert_eq!(fixture.counts(), (6, 2));
}

#[test]
fn trips_on_the_call_that_makes_the_rule_hold() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(5);
    fixture.fail(4);
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    assert_eq!(fixture.heard.steps(), [(State::Closed, State::Open)]);
}

#[test]
fn a_success_can_complete_the_evidence() {
    let fixture = Fixture::new(|builder| builder);
    fixture.fail(9);
    assert_eq!(fixture.state(), State::Closed, "min(10) is not reached");
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Open);
    let metrics = fixture.heard.last().metrics;
    assert_eq!((metrics.total(), metrics.failures()), (10, 9));
}

#[test]
fn a_slow_success_can_trip() {
    let fixture = Fixture::with_rule(trip::min(5) & trip::slow_rate(1.0, millis(100)));
    fixture.succeed_in(millis(100), 4);
    assert_eq!(fixture.state(), State::Closed);
    fixture.succeed_in(millis(100), 1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn the_tripping_call_returns_its_own_result() {
    let fixture = Fixture::with_rule(trip::failure_streak(2));
    let call = || fixture.breaker.call(|| Err::<(), _>("broken"));
    assert!(matches!(call(), Err(Error::Inner("broken"))));
    assert!(matches!(call(), Err(Error::Inner("broken"))));
    assert_eq!(fixture.state(), State::Open);
    assert!(matches!(call(), Err(Error::NotPermitted(_))));
}

#[test]
fn the_tripping_success_returns_its_own_result() {
    let fixture = Fixture::with_rule(trip::min(1) & trip::avg_latency(millis(50)));
    let result = fixture.breaker.call(|| {
        fixture.advance(millis(50));
        Ok::<_, &str>(42)
    });
    assert!(matches!(result, Ok(42)));
    assert_eq!(fixture.state(), State::Open);
}

/// Regression: elsewhere "not a failure" means success, so an ignored error dilutes the rate and ends a streak.
#[test]
fn an_ignored_outcome_is_recorded_nowhere() {
    let fixture = Fixture::with_rule(trip::failure_streak(3) | (trip::min(10) & trip::failure_rate(0.5)));
    fixture.fail(2);
    for _ in 0..50 {
        fixture.call(Outcome::Ignored, millis(5)).expect("closed");
    }
    assert_eq!(fixture.counts(), (2, 2));
    assert_eq!(fixture.breaker.metrics().failure_streak(), 2);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn begins_with_an_empty_window() {
    let metrics = Fixture::new(|builder| builder).breaker.metrics();
    assert_eq!((metrics.total(), metrics.failures(), metrics.failure_streak()), (0, 0, 0));
    assert_eq!((metrics.failure_rate(), metrics.avg_latency()), (None, None));
}

#[test]
fn durations_are_those_of_the_calls() {
    let fixture = Fixture::with_rule(trip::min(10) & trip::avg_latency(Duration::from_secs(1)));
    fixture.succeed_in(millis(30), 1);
    fixture.succeed_in(millis(60), 1);
    assert_eq!(fixture.breaker.metrics().avg_latency(), Some(millis(45)));
}
