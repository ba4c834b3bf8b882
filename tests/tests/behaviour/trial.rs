//! A half-open breaker judges a trial as soon as the verdict is certain.

use std::time::Duration;

use fluxgate::{Call, Error, Outcome, Reason, State, permit, retry, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

#[test]
fn the_fifth_failure_of_ten_reopens() {
    let fixture = Fixture::new(|builder| builder);
    fixture.before_trial();
    fixture.fail(4);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    assert!(matches!(fixture.heard.last().reason, Reason::Tripped(_)));
}

#[test]
fn the_sixth_success_of_ten_closes() {
    let fixture = Fixture::new(|builder| builder);
    fixture.before_trial();
    fixture.succeed(5);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
    assert!(matches!(fixture.heard.last().reason, Reason::TrialPassed));
}

#[test]
fn a_mixed_trial_is_decided_once_it_is_certain() {
    let fixture = Fixture::new(|builder| builder);
    fixture.before_trial();
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
    fixture.before_trial();
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
    fixture.before_trial();
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    fixture.wait();
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

/// The trial has its own tally; the window's calls do not count.
#[test]
fn a_trial_begins_with_an_empty_tally() {
    let fixture = Fixture::new(|builder| builder);
    fixture.before_trial();
    assert_eq!(fixture.counts(), (10, 10), "the evidence");
    let probe = fixture.breaker.acquire().expect("due");
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.metrics().failure_streak(), 0);
    probe.failure();
    assert_eq!(fixture.counts(), (1, 1));
}

/// Regression: elsewhere a `closed & ..` rule is stuck in half-open forever.
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
    fixture.before_trial();
    fixture.succeed(10);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
    fixture.before_trial();
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

/// One lucky call does not close: it takes as many good calls as bad ones would have re-opened it.
#[test]
fn passes_on_as_many_good_calls_as_bad_ones_would_have_reopened_it() {
    for rule in [trip::failure_streak(5), trip::failures(5)] {
        let fixture = Fixture::with_rule(rule);
        fixture.before_trial();
        fixture.fail(4);
        assert_eq!(fixture.state(), State::HalfOpen);
        fixture.fail(1);
        assert_eq!(fixture.state(), State::Open);
        fixture.wait();
        fixture.succeed(4);
        assert_eq!(fixture.state(), State::HalfOpen, "so far it may have been luck");
        fixture.succeed(1);
        assert_eq!(fixture.state(), State::Closed);
    }
}

/// The longest alternative sets the length of the trial, and each may re-open the breaker after its own length.
#[test]
fn is_as_long_as_the_longest_alternative_needs() {
    let rule = trip::failure_streak(5) | trip::min(10) & trip::failure_rate(0.9);
    let fixture = Fixture::with_rule(rule);
    assert_eq!(fixture.breaker.snapshot().trial, 10);
    fixture.before_trial();
    fixture.fail(5);
    assert_eq!(fixture.state(), State::Open, "5 in a row");
    fixture.wait();
    // 9 failures of 10 make a trip certain, so 9 good calls pass.
    fixture.succeed(8);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

/// Conditions for closed breakers neither lengthen a trial nor make its calls bad.
#[test]
fn closed_branches_have_no_part_in_a_trial() {
    let slow = trip::slow_rate(0.5, millis(100));
    let rule = trip::closed() & trip::min(10) & trip::failure_rate(0.2) & slow
        | trip::min(4) & trip::failure_rate(0.5);
    let fixture = Fixture::with_rule(rule);
    assert_eq!(fixture.breaker.snapshot().trial, 4);
    fixture.before_trial();
    fixture.succeed_in(millis(100), 3);
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: `| failure_streak(5)` let a service that fails 90% of its calls close once in a while, by one good call.
#[test]
fn an_alternative_never_makes_recovery_easier() {
    let plain = trip::min(10) & trip::failure_rate(0.5);
    let [mut without, mut with] = [0, 0];
    for (rule, closings) in [(plain.clone(), &mut without), (plain | trip::failure_streak(5), &mut with)] {
        let fixture = Fixture::with_rule(rule);
        let mut random = fastrand::Rng::with_seed(90);
        for _ in 0..3_600 {
            let outcome = if random.u32(0..10) == 0 { Outcome::Success } else { Outcome::Failure };
            let _ = fixture.call(outcome, millis(100));
            fixture.advance(millis(900));
        }
        *closings = fixture.heard.steps().iter().filter(|step| step.1 == State::Closed).count();
    }
    assert_eq!((without, with), (0, 0), "closings in an hour, without and with the alternative");
}

/// A trial that proves neither ends after twice its length in favour of the service: the rule does not hold.
#[test]
fn ends_after_twice_its_length() {
    let fixture = Fixture::with_rule(trip::failure_streak(5));
    fixture.before_trial();
    for _ in 0..2 {
        fixture.fail(3);
        fixture.succeed(1);
    }
    fixture.fail(1);
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (9, 7)));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed, "of ten outcomes no five in a row failed");
    assert!(matches!(fixture.heard.last().reason, Reason::TrialPassed));

    fixture.before_trial();
    fixture.succeed(1);
    fixture.fail(4);
    fixture.succeed(1);
    fixture.fail(4);
    assert_eq!(fixture.state(), State::Closed, "the tenth outcome ends it, whatever it is");
}

/// `custom` conditions count as unknown until the calls of their alternative are in.
#[test]
fn custom_waits_for_the_calls_of_its_alternative() {
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

/// Regression: it waited for the calls of the longer one, which made recovery easier.
#[test]
fn custom_does_not_wait_for_the_calls_of_another_alternative() {
    let short = trip::min(5) & trip::custom(|metrics| metrics.failures() >= 2);
    let rule = short | trip::min(20) & trip::failure_rate(0.9);
    let fixture = Fixture::new(|builder| builder.window(window::count(20)).trip(rule));
    fixture.before_trial();
    fixture.fail(2);
    fixture.succeed(2);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Open, "two of five failed");
    // Its answer now says nothing about future calls.
    fixture.wait();
    fixture.fail(1);
    fixture.succeed(17);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
}

/// Regression: elsewhere probes beyond the limit wait for a slot forever.
#[test]
fn more_probes_than_slots_are_refused() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(3));
    fixture.before_trial();
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
    fixture.before_trial();
    let held: Vec<Call<'_>> = (0..10).map(|_| fixture.breaker.acquire().expect("a slot")).collect();
    fixture.refusal();
    drop(held);
    assert_eq!(fixture.state(), State::HalfOpen);
}

/// Regression: the most common complaint about other breakers. A slot comes back however its probe ends, so a trial can
/// always continue, even with a single slot and all but the last few outcomes lost.
#[test]
fn is_never_stuck_for_lack_of_a_slot() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1).on_cancel(Outcome::Ignored));
    fixture.before_trial();
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
    fixture.before_trial();
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
    fixture.before_trial();
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
    fixture.before_trial();
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: elsewhere good probes spaced wider than the window never close.
#[test]
fn probes_may_be_rarer_than_the_window() {
    let fixture = Fixture::new(|builder| builder.window(window::time(seconds(10))));
    fixture.before_trial();
    for _ in 0..6 {
        fixture.advance(seconds(3_600));
        fixture.succeed(1);
    }
    assert_eq!(fixture.state(), State::Closed);
}

/// A trial admits only as many more calls as its verdict can still depend on.
#[test]
fn admits_no_more_calls_than_it_can_still_use() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(100));
    fixture.before_trial();
    let held: Vec<Call<'_>> = (0..10).map(|_| fixture.breaker.acquire().expect("of use")).collect();
    assert_eq!(fixture.refusal().state(), State::HalfOpen, "10 calls are running");
    let mut held = held.into_iter();
    held.by_ref().take(3).for_each(Call::success);
    fixture.refusal();
    held.next().expect("one of ten").ignore();
    fixture.succeed(1);
    drop(held.next());
    fixture.succeed(1);
    fixture.refusal();
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (5, 0)));
    held.next().expect("one of ten").success();
    assert_eq!(fixture.state(), State::Closed);
}

/// If nothing is certain once all calls are in, as many again may follow.
#[test]
fn admits_as_many_again_when_all_are_in() {
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(5)).max_half_open_calls(100));
    fixture.before_trial();
    fixture.fail(1);
    fixture.succeed(3);
    let fifth = fixture.breaker.acquire().expect("of use");
    fixture.refusal();
    fifth.failure();
    let held: Vec<Call<'_>> = (0..5).map(|_| fixture.breaker.acquire().expect("of use")).collect();
    fixture.refusal();
    held.into_iter().take(2).for_each(Call::success);
    assert_eq!(fixture.state(), State::Closed, "5 good ones");
}

#[test]
fn a_custom_permit_learns_how_long_the_breaker_has_been_half_open() {
    fn after_five_seconds(in_half_open: Duration) -> bool {
        in_half_open >= seconds(5)
    }
    let fixture = Fixture::new(|builder| builder.permit(permit::custom(after_five_seconds)));
    fixture.before_trial();
    fixture.advance(seconds(1_000));
    assert_eq!(fixture.refusal().state(), State::HalfOpen, "the permit decides on the first call, too");
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
    fixture.before_trial();
    fixture.fail(4);
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
    assert_eq!(fixture.counts(), (0, 0));
}

/// Regression: elsewhere old failures stay in the window, so that the first failure after recovery trips again.
#[test]
fn one_failure_after_recovery_does_not_trip() {
    let fixture = Fixture::with_rule(trip::min(2) & trip::failure_rate(0.5));
    fixture.before_trial();
    fixture.succeed(2);
    assert_eq!(fixture.state(), State::Closed);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Closed);
}
