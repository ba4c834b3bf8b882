//! An outcome counts only in the generation that admitted its call.

use fluxgate::{Call, Changes, CircuitBreaker, Outcome, State, permit, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

fn hold(fixture: &Fixture, count: usize) -> Vec<Call<'_>> {
    (0..count).map(|_| fixture.breaker.acquire().expect("admitted")).collect()
}

/// Regression: outcomes of an earlier closed period decide a later one.
#[test]
fn of_an_earlier_closed_period_do_not_count_in_a_later_one() {
    let fixture = Fixture::new(|builder| builder);
    let stragglers = hold(&fixture, 20);
    fixture.trip();
    fixture.wait();
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
    stragglers.into_iter().for_each(Call::failure);
    assert_eq!(fixture.state(), State::Closed);
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.snapshot().late, 20);
}

/// Regression: calls that were admitted while closed decide the trial.
#[test]
fn of_the_closed_period_do_not_count_in_the_trial() {
    let fixture = Fixture::new(|builder| builder);
    let stragglers = hold(&fixture, 10);
    fixture.trip();
    fixture.wait();
    fixture.succeed(1);
    for straggler in stragglers {
        straggler.failure();
        assert_eq!(fixture.counts(), (1, 0));
    }
    assert_eq!(fixture.state(), State::HalfOpen);
}

#[test]
fn of_an_earlier_trial_do_not_count_in_a_later_one() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(20));
    fixture.trip();
    fixture.wait();
    let stragglers = hold(&fixture, 5);
    fixture.fail(5);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.succeed(1);
    stragglers.into_iter().for_each(Call::failure);
    assert_eq!(fixture.state(), State::HalfOpen);
    assert_eq!(fixture.counts(), (1, 0));
}

/// This includes healthy breakers, whose successes are not recorded.
#[test]
fn of_an_earlier_generation_are_counted_though_the_breaker_was_healthy() {
    let renewals: [fn(&CircuitBreaker); 6] = [
        CircuitBreaker::reset,
        CircuitBreaker::trip,
        CircuitBreaker::force_open,
        CircuitBreaker::metrics_only,
        CircuitBreaker::disable,
        |breaker| breaker.reconfigure(&Changes::new().trip(trip::failures(7))).expect("sound"),
    ];
    for renew in renewals {
        let fixture = Fixture::new(|builder| builder);
        fixture.succeed(20);
        let stragglers = hold(&fixture, 3);
        renew(&fixture.breaker);
        stragglers.into_iter().for_each(Call::success);
        assert_eq!(fixture.breaker.snapshot().late, 3, "{}", fixture.state());
    }
}

/// "A slot is given back to the generation it came from."
#[test]
fn do_not_free_slots_of_a_later_trial() {
    let rule = trip::min(2) & trip::failure_rate(0.5);
    let fixture = Fixture::new(|builder| builder.trip(rule).max_half_open_calls(2));
    fixture.trip();
    fixture.wait();
    let mut first = hold(&fixture, 2).into_iter();
    first.next().expect("two").failure();
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    let second = hold(&fixture, 2);
    first.next().expect("two").success();
    assert_eq!(fixture.refusal().state(), State::HalfOpen, "both slots are still taken");
    drop(second);
    assert!(fixture.breaker.acquire().is_ok());
}

#[test]
fn while_open_change_nothing() {
    let fixture = Fixture::new(|builder| builder);
    let stragglers = hold(&fixture, 8);
    fixture.trip();
    let before = fixture.breaker.snapshot();
    for (nth, straggler) in stragglers.into_iter().enumerate() {
        straggler.record(if nth % 2 == 0 { Outcome::Success } else { Outcome::Failure });
    }
    let after = fixture.breaker.snapshot();
    assert_eq!(after.metrics, before.metrics);
    assert_eq!(after.retry_after, before.retry_after);
    assert_eq!(after.late, 8);
}

#[test]
fn reset_makes_calls_in_flight_late() {
    let fixture = Fixture::new(|builder| builder);
    let stragglers = hold(&fixture, 3);
    fixture.breaker.reset();
    stragglers.into_iter().for_each(Call::failure);
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.snapshot().late, 3);
}

#[test]
fn ignored_ones_are_not_late() {
    let fixture = Fixture::new(|builder| builder);
    let stragglers = hold(&fixture, 3);
    fixture.breaker.reset();
    stragglers.into_iter().for_each(Call::ignore);
    assert_eq!(fixture.breaker.snapshot().late, 0);
}

#[test]
fn in_time_are_not_late() {
    let fixture = Fixture::new(|builder| builder);
    let held = hold(&fixture, 5);
    fixture.advance(seconds(10_000));
    held.into_iter().for_each(Call::failure);
    assert_eq!(fixture.counts(), (5, 5));
    assert_eq!(fixture.breaker.snapshot().late, 0);
}

#[test]
fn of_the_ramp_count_in_the_ramp() {
    let fixture = Fixture::new(|builder| builder.permit(permit::ramp_up(1.0, 1.0, seconds(60))));
    fixture.trip();
    fixture.wait();
    fixture.succeed(6);
    let held = hold(&fixture, 4);
    fixture.advance(millis(500));
    held.into_iter().for_each(Call::failure);
    assert_eq!(fixture.counts(), (4, 4));
}
