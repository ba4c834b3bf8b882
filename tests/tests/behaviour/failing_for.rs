//! `failing_for(d)`: the last call failed, and none has succeeded for `d`.

use fluxgate::{Outcome, State, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

fn failing_for_five_seconds() -> Fixture {
    Fixture::with_rule(trip::failing_for(seconds(5)))
}

#[test]
fn holds_when_nothing_has_succeeded_for_that_long() {
    let fixture = failing_for_five_seconds();
    fixture.succeed(1);
    fixture.fail(20);
    fixture.advance(millis(4_999));
    fixture.fail(20);
    assert_eq!(fixture.state(), State::Closed);
    fixture.advance(millis(1));
    assert_eq!(fixture.state(), State::Closed, "time alone trips nothing");
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

/// Sixty calls that fail together when a connection breaks are one event.
#[test]
fn lets_a_burst_of_failures_pass() {
    let fixture = failing_for_five_seconds();
    fixture.succeed(1);
    let held: Vec<_> = (0..60).map(|_| fixture.breaker.acquire().expect("closed")).collect();
    fixture.advance(millis(2));
    held.into_iter().for_each(fluxgate::Call::failure);
    assert_eq!(fixture.state(), State::Closed);
    fixture.succeed(1);
    fixture.advance(seconds(60));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn a_success_starts_over() {
    let fixture = failing_for_five_seconds();
    for _ in 0..10 {
        fixture.succeed(1);
        fixture.advance(millis(2_500));
        fixture.fail(1);
        fixture.advance(millis(2_499));
        fixture.fail(1);
    }
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn counts_from_the_first_outcome_if_nothing_ever_succeeded() {
    let fixture = failing_for_five_seconds();
    fixture.advance(seconds(100));
    fixture.fail(1);
    fixture.advance(millis(4_999));
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Closed);
    fixture.advance(millis(1));
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn after_a_quiet_night_one_failure_is_enough() {
    let fixture = failing_for_five_seconds();
    fixture.succeed(1);
    fixture.advance(seconds(8 * 3_600));
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open, "to require more, add `min` or `failures`");
    let fixture = Fixture::with_rule(trip::failures(3) & trip::failing_for(seconds(5)));
    fixture.succeed(1);
    fixture.advance(seconds(8 * 3_600));
    fixture.fail(2);
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

/// Every failure of a trial comes after the pause.
#[test]
fn a_trial_is_decided_by_one_call() {
    let fixture = failing_for_five_seconds();
    assert_eq!(fixture.breaker.snapshot().trial, 1);
    fixture.succeed(1);
    fixture.advance(seconds(5));
    fixture.fail(1);
    fixture.wait();
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

/// A success in a trial or in metrics-only counts, too.
#[test]
fn a_success_counts_in_any_state() {
    let fixture = Fixture::with_rule(trip::failure_streak(2) | trip::failing_for(seconds(5)));
    fixture.succeed(1);
    fixture.fail(2);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.succeed(2);
    assert_eq!(fixture.state(), State::Closed);
    fixture.advance(millis(4_999));
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Closed, "it is less than 5 s since the trial");
    fixture.breaker.metrics_only();
    fixture.succeed(1);
    fixture.breaker.reset();
    fixture.advance(millis(4_999));
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn an_ignored_outcome_is_neither_success_nor_failure() {
    let fixture = failing_for_five_seconds();
    fixture.succeed(1);
    fixture.advance(seconds(5));
    fixture.call(Outcome::Ignored, seconds(0)).expect("closed");
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn prints_and_reads_as_the_attribute_spells_it() {
    let rule = trip::min(10) & trip::failing_for(seconds(5));
    assert_eq!(rule.to_string(), "min(10) & failing_for(5s)");
    assert_eq!("min(10) & failing_for(5s)".parse::<trip::Rule>().expect("a rule"), rule);
}
