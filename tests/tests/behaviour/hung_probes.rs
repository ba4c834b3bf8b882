//! A trial does not wait forever: `half_open_timeout` limits how long its calls may run without an outcome.

use std::time::Duration;

use fluxgate::{Call, Changes, Outcome, Reason, State, permit, trip, window};
use fluxgate_tests::fixture::{Fixture, seconds};

/// Hung probes do not keep it half-open.
#[test]
fn a_trial_without_outcomes_reopens() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
    fixture.before_trial();
    fixture.succeed(2);
    fixture.advance(seconds(100));
    let hung = fixture.breaker.acquire().expect("a slot");
    fixture.advance(seconds(20) - Duration::from_nanos(1));
    fixture.call(Outcome::Ignored, Duration::ZERO).expect("not yet");
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.advance(seconds(20));
    let refusal = fixture.refusal();
    assert_eq!(refusal.state(), State::Open);
    assert_eq!(refusal.retry_after(), Some(seconds(60)));
    assert!(matches!(fixture.heard.last().reason, Reason::HalfOpenTimeout));
    assert_eq!(fixture.breaker.snapshot().reopens, 1);
    hung.success();
    assert_eq!(fixture.breaker.snapshot().late, 1);
}

#[test]
fn ten_hung_probes_reopen_after_a_minute_by_default() {
    let fixture = Fixture::new(|builder| builder);
    fixture.before_trial();
    let hung: Vec<Call<'_>> = (0..10).map(|_| fixture.breaker.acquire().expect("a slot")).collect();
    fixture.advance(seconds(60) - Duration::from_nanos(1));
    assert_eq!(fixture.refusal().state(), State::HalfOpen);
    fixture.advance(Duration::from_nanos(1));
    assert_eq!(fixture.refusal().state(), State::Open);
    drop(hung);
}

/// Regression: elsewhere a hung probe blocks everything until it returns.
#[test]
fn hung_probes_do_not_outlast_the_timeout() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(2).half_open_timeout(seconds(20)));
    fixture.before_trial();
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

/// Any reported outcome shows that calls return, even an ignored one. A call that was given up does not.
#[test]
fn an_outcome_restarts_the_wait_and_a_cancelled_call_does_not() {
    for (outcome, state) in [
        (Some(Outcome::Success), State::HalfOpen),
        (Some(Outcome::Failure), State::HalfOpen),
        (Some(Outcome::Ignored), State::HalfOpen),
        (None, State::Open),
    ] {
        let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
        fixture.before_trial();
        let hung = fixture.breaker.acquire().expect("a slot");
        let other = fixture.breaker.acquire().expect("a slot");
        fixture.advance(seconds(15));
        match outcome {
            Some(outcome) => other.record(outcome),
            None => drop(other),
        }
        fixture.advance(seconds(5));
        let _ = fixture.call(Outcome::Ignored, Duration::ZERO);
        assert_eq!(fixture.state(), state, "after {outcome:?}");
        drop(hung);
    }
}

/// Regression: callers that gave up one at a time kept a trial of a dead service going forever.
#[test]
fn callers_that_give_up_one_by_one_share_the_wait() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
    fixture.before_trial();
    for _ in 0..3 {
        let call = fixture.breaker.acquire().expect("a slot");
        fixture.advance(seconds(6));
        drop(call);
        fixture.advance(seconds(1_000));
    }
    let call = fixture.breaker.acquire().expect("2 s are left");
    fixture.advance(seconds(2) - Duration::from_nanos(1));
    assert_eq!(fixture.call(Outcome::Success, Duration::ZERO), Ok(()), "it restarts the wait");
    fixture.advance(seconds(19));
    drop(call);
    let call = fixture.breaker.acquire().expect("1 s is left");
    fixture.advance(seconds(1));
    drop(call);
    assert_eq!(fixture.state(), State::Open);
    assert!(matches!(fixture.heard.last().reason, Reason::HalfOpenTimeout));
    fixture.wait();
    let call = fixture.breaker.acquire().expect("a slot");
    fixture.advance(seconds(19));
    drop(call);
    assert_eq!(fixture.state(), State::HalfOpen, "the next trial starts a new wait");
}

#[test]
fn a_cancelled_call_that_counts_restarts_the_wait() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)).on_cancel(Outcome::Failure));
    fixture.before_trial();
    for _ in 0..4 {
        let call = fixture.breaker.acquire().expect("a slot");
        fixture.advance(seconds(19));
        drop(call);
    }
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (4, 4)));
}

#[test]
fn an_outcome_at_the_end_of_the_wait_is_late() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
    fixture.before_trial();
    fixture.call(Outcome::Success, seconds(20) - Duration::from_nanos(1)).expect("a slot");
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (1, 0)));
    fixture.call(Outcome::Success, seconds(20)).expect("a slot");
    assert_eq!(fixture.state(), State::Open);
    assert!(matches!(fixture.heard.last().reason, Reason::HalfOpenTimeout));
    assert_eq!(fixture.breaker.snapshot().late, 1);
}

#[test]
fn an_ignored_call_that_ends_with_the_wait_is_not_late() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
    fixture.before_trial();
    fixture.call(Outcome::Ignored, seconds(20)).expect("a slot");
    assert_eq!((fixture.state(), fixture.breaker.snapshot().late), (State::Open, 0));
}

/// Regression: with a call every 10 s and a timeout under a minute, it never closed.
#[test]
fn a_trickle_of_good_calls_is_progress() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(5)));
    fixture.before_trial();
    for _ in 0..6 {
        fixture.succeed_in(seconds(4), 1);
        fixture.advance(seconds(10));
    }
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: with an occasional cache hit, a trial of a hung service never ended, however many callers gave up.
#[test]
fn ignored_outcomes_do_not_keep_a_trial_of_hung_calls_going() {
    for slots in [1, 2, 8] {
        let fixture = Fixture::new(|builder| {
            builder.permit(permit::all()).half_open_timeout(seconds(20)).max_half_open_calls(slots + 1)
        });
        fixture.before_trial();
        let mut given_up = 0_u32;
        while given_up < 1_000 && !matches!(fixture.heard.last().reason, Reason::HalfOpenTimeout) {
            let calls: Vec<_> = (0..slots).filter_map(|_| fixture.breaker.acquire().ok()).collect();
            fixture.advance(seconds(2));
            let _ = fixture.call(Outcome::Ignored, Duration::ZERO);
            given_up += calls.len() as u32;
            drop(calls);
        }
        // 20 s for each slot, plus the calls running when the timeout is noticed.
        let together = 10 * (slots + 1);
        assert!((together..together + slots).contains(&given_up), "{given_up}");
    }
}

/// A meaningful outcome forgives the calls given up before it.
#[test]
fn an_occasional_good_call_is_progress_although_others_are_given_up() {
    let fixture = Fixture::new(|builder| {
        builder.window(window::count(100)).trip(trip::min(40) & trip::failure_rate(0.5))
    });
    fixture.before_trial();
    let mut patient = fixture.breaker.acquire().expect("a slot");
    for _ in 0..15 {
        let _given_up = fixture.breaker.acquire().expect("a slot");
        fixture.advance(seconds(50));
        patient.success();
        patient = fixture.breaker.acquire().expect("a slot");
    }
    assert_eq!(fixture.state(), State::HalfOpen);
}

/// Regression: an outcome recorded without a call did not count.
#[test]
fn an_outcome_without_a_call_restarts_the_wait_unless_it_is_over() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
    fixture.before_trial();
    let hung = fixture.breaker.acquire().expect("a slot");
    for _ in 0..3 {
        fixture.advance(seconds(19));
        fixture.breaker.record(Outcome::Success, Duration::ZERO);
    }
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (3, 0)));
    fixture.advance(seconds(20));
    fixture.breaker.record(Outcome::Success, Duration::ZERO);
    assert_eq!(fixture.state(), State::Open);
    assert!(matches!(fixture.heard.last().reason, Reason::HalfOpenTimeout));
    drop(hung);
}

/// Regression: a hung trial kept its old timeout.
#[test]
fn a_changed_timeout_applies_to_the_waiting_trial() {
    let timeout = |longest| Changes::new().half_open_timeout(seconds(longest));
    for (running, changed, open_after) in [(true, 5, 5), (true, 400, 400), (false, 5, 5), (false, 400, 400)] {
        let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(300)));
        fixture.before_trial();
        let mut hung = fixture.breaker.acquire().ok();
        fixture.advance(seconds(3));
        hung = hung.filter(|_| running);
        fixture.breaker.reconfigure(&timeout(changed)).expect("right");
        hung = hung.or_else(|| fixture.breaker.acquire().ok());
        fixture.advance(seconds(open_after - 3) - Duration::from_nanos(1));
        assert!(fixture.breaker.acquire().is_ok_and(|call| call.state() == State::HalfOpen));
        fixture.advance(Duration::from_nanos(1));
        assert_eq!(fixture.refusal().state(), State::Open);
        drop(hung);
    }
}

#[test]
fn a_trial_without_running_calls_waits_for_calls() {
    let fixture = Fixture::new(|builder| builder);
    fixture.before_trial();
    fixture.succeed(1);
    fixture.advance(seconds(1_000_000));
    assert!(fixture.breaker.acquire().is_ok());
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.advance(seconds(1_000_000));
    fixture.succeed(5);
    assert_eq!(fixture.state(), State::Closed);
}

/// Regression: the wait was kept as its end, which the longest one exceeds; a shorter one was then over at once.
#[test]
fn the_longest_wait_can_be_shortened_in_the_middle_of_a_trial() {
    for running in [false, true] {
        let longest = Duration::from_nanos(u64::MAX);
        let fixture = Fixture::new(|builder| builder.half_open_timeout(longest));
        fixture.before_trial();
        fixture.succeed(1);
        fixture.advance(seconds(5));
        let before = running.then(|| fixture.breaker.acquire().expect("a slot"));
        fixture.advance(seconds(15));
        fixture.breaker.reconfigure(&Changes::new().half_open_timeout(seconds(20))).expect("valid");
        let call = fixture.breaker.acquire().expect("a slot");
        fixture.advance(seconds(4));
        assert_eq!(fixture.call(Outcome::Ignored, Duration::ZERO), Ok(()), "running: {running}");
        fixture.advance(seconds(20));
        assert_eq!(fixture.refusal().state(), State::Open);
        drop((before, call));
    }
}

/// Regression: a call that returned after the wait had been shortened was lost, and ended the trial.
#[test]
fn an_outcome_counts_though_calls_given_up_have_used_up_a_shorter_wait() {
    for outcome in [Outcome::Success, Outcome::Failure] {
        let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(60)).count_calls(true));
        fixture.before_trial();
        let given_up = fixture.breaker.acquire().expect("a slot");
        fixture.advance(seconds(30));
        drop(given_up);
        fixture.call(Outcome::Ignored, Duration::ZERO).expect("it restarts the wait");
        fixture.breaker.reconfigure(&Changes::new().half_open_timeout(seconds(1))).expect("right");
        fixture.call(outcome, Duration::ZERO).expect("a slot");
        assert_eq!((fixture.state(), fixture.counts().0), (State::HalfOpen, 1), "{outcome:?}");
        assert_eq!(fixture.breaker.snapshot().late, 0);
    }
}
