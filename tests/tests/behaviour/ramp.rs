//! A ramp runs to its end: a trial that passes early does not close the breaker yet.

use std::time::Duration;

use fluxgate::{Call, Outcome, Reason, State, permit, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

const RAMP: Duration = seconds(60);

/// A ramp that admits everything and takes a minute.
fn open_ramp() -> Fixture {
    let fixture = Fixture::new(|builder| builder.permit(permit::ramp_up(1.0, 1.0, RAMP)));
    fixture.trip();
    fixture.wait();
    fixture
}

/// In the ramp, after the trial has passed.
fn in_ramp() -> Fixture {
    let fixture = open_ramp();
    fixture.succeed(6);
    fixture
}

#[test]
fn a_trial_passed_early_stays_half_open() {
    let fixture = in_ramp();
    assert_eq!(fixture.state(), State::HalfOpen);
    assert_eq!(
        fixture.heard.steps().last(),
        Some(&(State::Open, State::HalfOpen)),
        "passing is no transition"
    );
    assert_eq!(fixture.counts(), (0, 0), "the window is fresh");
}

#[test]
fn a_trial_passed_late_closes_with_an_empty_window() {
    let fixture = open_ramp();
    fixture.succeed(5);
    fixture.advance(RAMP);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
    assert!(matches!(fixture.heard.last().reason, Reason::TrialPassed));
    assert_eq!(fixture.counts(), (0, 0));
}

#[test]
fn calls_are_recorded_into_the_window() {
    let fixture = in_ramp();
    fixture.succeed(7);
    fixture.fail(2);
    assert_eq!(fixture.counts(), (9, 2));
    fixture.succeed(20);
    assert_eq!(fixture.counts(), (10, 0), "a window, not a tally");
}

#[test]
fn the_rule_is_evaluated_after_every_outcome() {
    let fixture = in_ramp();
    fixture.succeed(10);
    fixture.fail(4);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open);
    let last = fixture.heard.last();
    assert_eq!((last.from, last.to), (State::HalfOpen, State::Open));
    assert!(matches!(last.reason, Reason::Tripped(_)));
    assert_eq!((last.metrics.total(), last.metrics.failures()), (10, 5));
    assert_eq!(fixture.breaker.snapshot().reopens, 1);
}

#[test]
fn half_open_branches_hold_in_the_ramp() {
    let rule = (trip::closed() & trip::min(10) & trip::failure_rate(1.0))
        | (trip::half_open() & trip::min(5) & trip::failure_rate(0.2));
    let fixture = Fixture::new(|builder| builder.trip(rule).permit(permit::ramp_up(1.0, 1.0, RAMP)));
    fixture.trip();
    fixture.wait();
    fixture.succeed(5);
    fixture.succeed(9);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.fail(1);
    assert_eq!(fixture.state(), State::Open, "2 of 10");
}

#[test]
fn a_call_at_the_end_of_the_ramp_closes() {
    let fixture = in_ramp();
    fixture.fail(3);
    fixture.advance(RAMP - millis(1));
    let straddling = fixture.breaker.acquire().expect("all are admitted");
    assert_eq!(fixture.state(), State::HalfOpen);
    straddling.ignore();
    fixture.advance(millis(1));
    let call = fixture.breaker.acquire().expect("closed");
    assert_eq!(fixture.state(), State::Closed);
    assert!(matches!(fixture.heard.last().reason, Reason::RampEnded));
    assert_eq!(fixture.counts(), (3, 3), "the window is kept");
    assert_eq!(fixture.breaker.metrics().failure_streak(), 3);
    call.success();
    assert_eq!(fixture.counts(), (4, 3));
}

#[test]
fn an_outcome_at_the_end_of_the_ramp_counts_and_closes() {
    let fixture = in_ramp();
    fixture.fail(3);
    fixture.call(Outcome::Success, RAMP).expect("admitted");
    assert_eq!(fixture.state(), State::Closed);
    assert_eq!(fixture.counts(), (4, 3));
}

/// Regression: only an outcome or the next call closed the breaker.
#[test]
fn a_call_without_an_outcome_at_the_end_of_the_ramp_closes() {
    let ends: [fn(Call<'_>); 2] = [|call| call.ignore(), |call| drop(call)];
    for end in ends {
        let fixture = in_ramp();
        fixture.fail(3);
        let call = fixture.breaker.acquire().expect("all are admitted");
        fixture.advance(RAMP);
        end(call);
        assert_eq!((fixture.state(), fixture.counts()), (State::Closed, (3, 3)));
        assert_eq!(fixture.heard.last().reason, Reason::RampEnded);
    }
}

#[test]
fn an_outcome_at_the_end_of_the_ramp_can_still_trip() {
    let fixture = in_ramp();
    fixture.succeed(5);
    fixture.fail(4);
    fixture.call(Outcome::Failure, RAMP).expect("admitted");
    assert_eq!(fixture.state(), State::Open);
    assert!(matches!(fixture.heard.last().reason, Reason::Tripped(_)));
}

/// Regression: in the ramp only the half-open reading of the rule applied, so a classic single probe, which needs a window full of
/// failures, sent that many calls to a dead service.
#[test]
fn a_trip_by_the_closed_reading_reopens_in_the_ramp() {
    let rule = (trip::closed() & trip::min(10) & trip::failure_rate(0.2))
        | (trip::half_open() & trip::min(1) & trip::failure_rate(1.0));
    let fixture = Fixture::new(|builder| builder.trip(rule).permit(permit::ramp_up(1.0, 1.0, RAMP)));
    fixture.trip();
    fixture.wait();
    fixture.succeed(1);
    fixture.succeed(9);
    fixture.fail(1);
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (10, 1)));
    fixture.fail(1);
    assert_eq!(fixture.heard.steps()[2..], [(State::HalfOpen, State::Open)]);
    assert!(matches!(fixture.heard.last().reason, Reason::Tripped(_)));
}

#[test]
fn the_kept_window_can_trip_the_closed_breaker() {
    let fixture = in_ramp();
    fixture.succeed(5);
    fixture.fail(4);
    fixture.advance(RAMP);
    fixture.fail(1);
    assert_eq!(fixture.heard.steps()[2..], [(State::HalfOpen, State::Closed), (State::Closed, State::Open)]);
}

/// "The limit of probes holds during the trial; after it the ramp alone decides."
#[test]
fn slots_matter_only_in_the_trial() {
    let configure =
        |builder: fluxgate::Builder| builder.max_half_open_calls(2).permit(permit::ramp_up(1.0, 1.0, RAMP));
    let fixture = Fixture::new(configure);
    fixture.trip();
    fixture.wait();
    let held: Vec<Call<'_>> = (0..2).map(|_| fixture.breaker.acquire().expect("a slot")).collect();
    fixture.refusal();
    held.into_iter().for_each(Call::success);
    fixture.succeed(4);
    let held: Vec<Call<'_>> = (0..50).map(|_| fixture.breaker.acquire().expect("the ramp")).collect();
    held.into_iter().for_each(Call::success);
    assert_eq!(fixture.counts(), (10, 0));
}

/// Hundreds of tiny trials do not decide on a busy service.
#[test]
fn a_busy_service_with_few_failures_closes() {
    let fixture = Fixture::new(|builder| {
        let rule = trip::min(10) & trip::failure_rate(0.5);
        builder.window(window::count(100)).trip(rule).permit(permit::ramp_up(1.0, 1.0, RAMP))
    });
    fixture.trip();
    fixture.wait();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..60_000 {
        let outcome = if random.f64() < 0.2 { Outcome::Failure } else { Outcome::Success };
        fixture.call(outcome, millis(1)).expect("all are admitted");
    }
    assert_eq!(fixture.state(), State::Closed);
    assert_eq!(fixture.heard.steps().len(), 3);
}

#[test]
fn admits_a_growing_share() {
    let permit = permit::ramp_up(0.1, 0.9, seconds(80));
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(1)).permit(permit));
    fixture.trip();
    fixture.wait();
    fixture.succeed(1);
    for (after, share) in [(0, 0.1), (20, 0.3), (20, 0.5), (20, 0.7), (19, 0.89)] {
        fixture.advance(seconds(after));
        assert_eq!(fixture.state(), State::HalfOpen);
        let calls = 20_000;
        let admitted = (0..calls).filter(|_| fixture.call(Outcome::Ignored, Duration::ZERO).is_ok()).count();
        let measured = admitted as f64 / f64::from(calls);
        assert!((measured - share).abs() < 0.02, "{measured} instead of {share}");
    }
    fixture.advance(seconds(1));
    fixture.succeed(1_000);
    assert_eq!(fixture.state(), State::Closed);
}

/// Time without calls is part of the ramp.
#[test]
fn begins_when_the_pause_ends() {
    let permit = permit::ramp_up(0.1, 0.9, seconds(80));
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(1)).permit(permit));
    fixture.trip();
    fixture.wait();
    fixture.advance(seconds(40));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::HalfOpen);
    let admitted = (0..20_000).filter(|_| fixture.call(Outcome::Ignored, Duration::ZERO).is_ok()).count();
    assert!((9_600..10_400).contains(&admitted), "{admitted} of 20,000 at a half");
    fixture.advance(seconds(40) - Duration::from_nanos(1));
    let _ = fixture.breaker.acquire();
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.advance(Duration::from_nanos(1));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: a nightly job of a hundred calls, 23 healthy hours after a trip, had most of its calls refused.
#[test]
fn a_nightly_job_is_not_refused_for_lack_of_earlier_traffic() {
    let clock = fluxgate::testing::ManualClock::new();
    let breaker = fluxgate::CircuitBreaker::builder("nightly").clock(clock.clone()).build().expect("valid");
    for _ in 0..30 {
        while breaker.state() == State::Closed {
            breaker.acquire().expect("closed").failure();
        }
        clock.advance(seconds(23 * 3_600));
        for nth in 0..100 {
            let call = breaker.acquire();
            call.unwrap_or_else(|refusal| panic!("call {nth} of the night: {refusal}")).success();
            clock.advance(millis(10));
        }
        assert_eq!(breaker.state(), State::Closed);
    }
}

/// Regression: a tenth of the first calls was admitted, so a trial took ten times its calls.
#[test]
fn does_not_apply_during_the_trial() {
    let fixture = Fixture::new(|builder| builder.permit(permit::ramp_up(0.001, 1.0, RAMP)));
    fixture.trip();
    fixture.wait();
    let held: Vec<Call<'_>> = (0..10).map(|_| fixture.breaker.acquire().expect("at once")).collect();
    held.into_iter().for_each(Call::success);
    let admitted = (0..1_000).filter(|_| fixture.breaker.acquire().is_ok()).count();
    assert!(admitted < 20, "{admitted} of 1,000 at a thousandth");
}

/// Regression: a timeout shorter than the ramp re-opened the breaker forever, however good the calls.
#[test]
fn half_open_timeout_does_not_end_it() {
    let fixture = Fixture::new(|builder| {
        builder.permit(permit::ramp_up(1.0, 1.0, RAMP)).half_open_timeout(seconds(30))
    });
    fixture.trip();
    fixture.wait();
    fixture.succeed(6);
    let hung = fixture.breaker.acquire().expect("all are admitted");
    fixture.advance(seconds(31));
    fixture.succeed(1);
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (1, 0)));
    hung.success();
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (2, 0)));
    fixture.advance(seconds(29));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
    assert!(matches!(fixture.heard.last().reason, Reason::RampEnded));
}

/// A recovered service that got no calls for a while has not been half-open for too long.
#[test]
fn without_traffic_it_closes_with_the_next_call() {
    let fixture = in_ramp();
    fixture.advance(seconds(1_000));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
    assert!(matches!(fixture.heard.last().reason, Reason::RampEnded));
}

/// With `always` there is no pause, so the ramp begins when the breaker opens.
#[test]
fn without_a_pause_it_begins_with_the_opening() {
    let fixture = Fixture::new(|builder| {
        builder.retry(fluxgate::retry::always()).permit(permit::ramp_up(1.0, 1.0, RAMP))
    });
    fixture.trip();
    fixture.advance(seconds(59));
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.advance(seconds(1));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn the_default_permit_is_a_ramp_of_a_minute() {
    let clock = fluxgate::testing::ManualClock::new();
    let rule = trip::min(2) & trip::failure_rate(1.0);
    let breaker = fluxgate::CircuitBreaker::builder("default permit").trip(rule).clock(clock.clone());
    let breaker = breaker.build().expect("valid");
    for _ in 0..2 {
        breaker.acquire().expect("closed").failure();
    }
    clock.advance(seconds(60));
    for _ in 0..2 {
        breaker.acquire().expect("the trial").success();
    }
    let admitted = (0..20_000).filter(|_| breaker.acquire().map(Call::ignore).is_ok()).count();
    assert!((1_500..2_500).contains(&admitted), "{admitted} of 20,000 at a tenth");
    clock.advance(seconds(60));
    breaker.acquire().expect("the ramp is at its end").success();
    assert_eq!(breaker.state(), State::Closed);
}
