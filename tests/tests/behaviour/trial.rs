//! A half-open breaker judges a trial, as soon as the verdict is certain.

use std::time::Duration;

use fluxgate::{Call, Error, Outcome, Reason, State, permit, retry, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

/// Brings the breaker to where its next call is the first of a trial.
fn before_trial(fixture: &Fixture) {
    fixture.trip();
    fixture.wait();
}

#[test]
fn the_fifth_failure_of_ten_reopens() {
    let fixture = Fixture::new(|builder| builder);
    before_trial(&fixture);
    fixture.fail(4);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    assert!(matches!(fixture.heard.last().reason, Reason::Tripped(_)));
}

#[test]
fn the_sixth_success_of_ten_closes() {
    let fixture = Fixture::new(|builder| builder);
    before_trial(&fixture);
    fixture.succeed(5);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
    assert!(matches!(fixture.heard.last().reason, Reason::TrialPassed));
}

#[test]
fn a_mixed_trial_is_decided_when_certain() {
    let fixture = Fixture::new(|builder| builder);
    before_trial(&fixture);
    fixture.succeed(5);
    fixture.fail(4);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open, "5 of 10");

    fixture.wait();
    fixture.fail(4);
    fixture.succeed(5);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed, "4 of 10");
}

#[test]
fn half_open_branches_give_the_trial_its_own_numbers() {
    let rule = (trip::closed() & trip::min(100) & trip::failure_rate(0.5))
        | (trip::half_open() & trip::min(5) & trip::failure_rate(0.2));
    let fixture = Fixture::new(|builder| builder.window(window::count(100)).trip(rule));
    before_trial(&fixture);
    assert_eq!(fixture.breaker.metrics().total(), 100);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open, "1 of 5 is 20%, whatever the other 4 do");

    fixture.wait();
    fixture.succeed(4);
    assert_eq!(fixture.state(), State::HalfOpen, "the fifth may still fail");
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn a_single_probe_decides() {
    let rule = (trip::closed() & trip::min(10) & trip::failure_rate(0.5))
        | (trip::half_open() & trip::min(1) & trip::failure_rate(1.0));
    let fixture = Fixture::with_rule(rule);
    before_trial(&fixture);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

/// The trial has its own tally: what the window holds does not count.
#[test]
fn a_trial_begins_with_nothing() {
    let fixture = Fixture::new(|builder| builder);
    before_trial(&fixture);
    assert_eq!(fixture.counts(), (10, 10), "the evidence");
    let probe = fixture.breaker.acquire().expect("due");
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.metrics().failure_streak(), 0);
    probe.failure();
    assert_eq!(fixture.counts(), (1, 1));
}

/// Regression: elsewhere a `closed & ..` rule is stuck in half-open for ever.
#[test]
fn the_standard_rule_ends_its_trial() {
    let clock = fluxgate::testing::ManualClock::new();
    let breaker = fluxgate::CircuitBreaker::builder("standard").clock(clock.clone()).permit(permit::all());
    let breaker = breaker.build().expect("the defaults are valid");
    for _ in 0..100 {
        breaker.acquire().expect("closed").failure();
    }
    assert_eq!(breaker.state(), State::Open);
    for (outcome, calls, state) in [(Outcome::Failure, 5, State::Open), (Outcome::Success, 6, State::Closed)]
    {
        clock.advance(seconds(60));
        for _ in 0..calls {
            breaker.acquire().expect("a probe").record(outcome);
        }
        assert_eq!(breaker.state(), state);
    }
}

/// Regression: elsewhere one lucky success closes, and a dead service gets 100 probes.
#[test]
fn recovery_takes_as_much_evidence_as_the_trip() {
    let rule = trip::min(20) & trip::failure_rate(0.5);
    let fixture =
        Fixture::new(|builder| builder.window(window::count(20)).trip(rule).max_half_open_calls(64));
    before_trial(&fixture);
    fixture.succeed(10);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
    before_trial(&fixture);
    fixture.fail(10);
    assert_eq!(fixture.state(), State::Open);
}

/// Regression: elsewhere a slow success counts as recovery although slowness tripped it.
#[test]
fn a_slow_success_is_no_recovery() {
    let fixture = Fixture::with_rule(trip::min(4) & trip::slow_rate(0.5, millis(100)));
    fixture.succeed_in(millis(100), 4);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.succeed_in(millis(100), 2);
    assert_eq!(fixture.state(), State::Open, "2 slow calls of 4");
    fixture.wait();
    fixture.succeed_in(millis(99), 3);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn a_streak_alone_makes_a_trial_of_as_many() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    before_trial(&fixture);
    fixture.fail(2);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed, "3 in a row of 3 are out of reach");
}

/// `custom` conditions count as unknown until all calls are in.
#[test]
fn custom_waits_for_all_calls() {
    let rule = trip::min(5) & trip::custom(|metrics| metrics.failures() >= 1);
    let fixture = Fixture::with_rule(rule);
    fixture.succeed(4);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.fail(4);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.succeed(4);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: elsewhere probes beyond the limit wait for a slot, without end.
#[test]
fn more_probes_than_slots_are_refused() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(3));
    before_trial(&fixture);
    let held: Vec<Call<'_>> = (0..3).map(|_| fixture.breaker.acquire().expect("a slot")).collect();
    let refusal = fixture.refusal();
    assert_eq!(refusal.state(), State::HalfOpen);
    assert_eq!(fixture.breaker.snapshot().rejected, 1);
    let mut held = held.into_iter();
    held.next().expect("three").success();
    assert!(fixture.breaker.acquire().is_ok(), "the slot came back");
    held.for_each(Call::ignore);
}

#[test]
fn ten_probes_may_run_at_once_unless_set() {
    let rule = trip::min(50) & trip::failure_rate(0.5);
    let fixture = Fixture::new(|builder| builder.window(window::count(50)).trip(rule));
    before_trial(&fixture);
    let held: Vec<Call<'_>> = (0..10).map(|_| fixture.breaker.acquire().expect("a slot")).collect();
    fixture.refusal();
    drop(held);
    assert_eq!(fixture.state(), State::HalfOpen);
}

/// Regression: the leading complaint about breakers elsewhere. A slot comes back however its probe ends, so a trial can
/// always go on, even when there is but one slot and every outcome but the last few is lost.
#[test]
fn is_never_stuck_for_want_of_a_slot() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1).on_cancel(Outcome::Ignored));
    before_trial(&fixture);
    for _ in 0..20 {
        fixture.call(Outcome::Ignored, millis(1)).expect("an ignored outcome returns its slot");
        drop(fixture.breaker.acquire().expect("a cancelled call returns its slot"));
        let panicking = std::panic::AssertUnwindSafe(|| {
            let _call = fixture.breaker.acquire().expect("a slot");
            std::panic::resume_unwind(Box::new("the probe panicked"));
        });
        assert!(std::panic::catch_unwind(panicking).is_err());
        if fixture.state() == State::Open {
            fixture.wait();
        }
    }
    while fixture.state() != State::Closed {
        fixture.succeed(1);
    }
}

/// Regression: elsewhere an ignored error closes a half-open breaker, or keeps its slot.
#[test]
fn an_ignored_outcome_decides_nothing() {
    let rule =
        trip::closed() & trip::failure_streak(3) | trip::half_open() & trip::min(1) & trip::failure_rate(1.0);
    let fixture = Fixture::new(|builder| builder.trip(rule).max_half_open_calls(1));
    before_trial(&fixture);
    for _ in 0..5 {
        fixture.call(Outcome::Ignored, millis(1)).expect("the slot came back");
        assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (0, 0)));
    }
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: elsewhere a probe that another breaker refuses further in never returns its slot.
#[test]
fn a_probe_refused_further_in_returns_its_slot() {
    let inner = Fixture::new(|builder| builder);
    inner.breaker.force_open();
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    before_trial(&fixture);
    let call = || fixture.breaker.call(|| inner.breaker.call(|| Ok::<(), ()>(())));
    let refused_within = |result| matches!(result, Err(Error::Inner(Error::NotPermitted(_))));
    for _ in 0..4 {
        assert!(refused_within(call()));
    }
    inner.breaker.reset();
    for _ in 0..6 {
        assert!(call().is_ok());
    }
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: elsewhere a probe budget smaller than the successes required can never close.
#[test]
fn fewer_slots_than_calls_only_slow_a_trial() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    before_trial(&fixture);
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: elsewhere good probes spaced wider than the window never close.
#[test]
fn probes_may_be_rarer_than_the_window() {
    let fixture = Fixture::new(|builder| builder.window(window::time(seconds(10))));
    before_trial(&fixture);
    for _ in 0..6 {
        fixture.advance(seconds(3_600));
        fixture.succeed(1);
    }
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn half_open_timeout_reopens() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
    before_trial(&fixture);
    fixture.succeed(2);
    fixture.advance(millis(19_999));
    fixture.succeed(1);
    fixture.advance(millis(1));
    let refusal = fixture.refusal();
    assert_eq!(refusal.state(), State::Open);
    assert_eq!(refusal.retry_after(), Some(seconds(60)));
    assert!(matches!(fixture.heard.last().reason, Reason::HalfOpenTimeout));
    assert_eq!(fixture.breaker.snapshot().reopens, 1);
}

/// Regression: elsewhere a hung probe blocks everything until it returns.
#[test]
fn hung_probes_do_not_outlast_the_timeout() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(2).half_open_timeout(seconds(20)));
    before_trial(&fixture);
    let hung: Vec<Call<'_>> = (0..2).map(|_| fixture.breaker.acquire().expect("a slot")).collect();
    fixture.refusal();
    fixture.advance(seconds(20));
    assert_eq!(fixture.refusal().state(), State::Open);
    fixture.wait();
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
    hung.into_iter().for_each(Call::failure);
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.snapshot().late, 2);
}

#[test]
fn without_a_timeout_it_waits_for_probes() {
    let fixture = Fixture::new(|builder| builder);
    before_trial(&fixture);
    fixture.succeed(1);
    fixture.advance(seconds(1_000_000));
    assert!(fixture.breaker.acquire().is_ok());
    assert_eq!(fixture.state(), State::HalfOpen);
}

#[test]
fn a_custom_permit_is_told_how_long_it_has_been_half_open() {
    fn after_five_seconds(in_half_open: Duration) -> bool {
        in_half_open >= seconds(5)
    }
    let fixture = Fixture::new(|builder| builder.permit(permit::custom(after_five_seconds)));
    before_trial(&fixture);
    fixture.advance(seconds(1_000));
    assert_eq!(fixture.refusal().state(), State::HalfOpen, "the first call is itself put to the permit");
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.advance(millis(4_999));
    fixture.refusal();
    fixture.advance(millis(1));
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn a_random_permit_admits_its_share() {
    let rule = trip::failure_streak(1_000_000);
    let fixture =
        Fixture::new(|builder| builder.trip(rule).retry(retry::always()).permit(permit::random(0.25)));
    fixture.trip();
    let admitted = (0..10_000).filter(|_| fixture.call(Outcome::Ignored, Duration::ZERO).is_ok()).count();
    assert_eq!(fixture.state(), State::HalfOpen);
    assert!((2_200..2_800).contains(&admitted), "{admitted} of 10,000");
    assert_eq!(fixture.breaker.snapshot().rejected, 10_000 - admitted as u64);
}

#[test]
fn closing_begins_with_an_empty_window() {
    let fixture = Fixture::new(|builder| builder);
    before_trial(&fixture);
    fixture.fail(4);
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
    assert_eq!(fixture.counts(), (0, 0));
}

/// Regression: elsewhere old failures stay in the window, so that the first failure after recovery trips again.
#[test]
fn one_failure_after_recovery_does_not_trip() {
    let fixture = Fixture::with_rule(trip::min(2) & trip::failure_rate(0.5));
    before_trial(&fixture);
    fixture.succeed(2);
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Closed);
}
