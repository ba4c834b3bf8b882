//! Counts over a breaker's life never decrease, and each outcome is in exactly one of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use fluxgate::{Changes, CircuitBreaker, OnCancel, Outcome, State, Totals, permit, retry, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds, together};

fn totals(breaker: &CircuitBreaker) -> Totals {
    breaker.snapshot().totals
}

/// Successes, failures, ignored and late.
fn outcomes(breaker: &CircuitBreaker) -> (Option<u64>, u64, Option<u64>, u64) {
    let totals = totals(breaker);
    (totals.successes, totals.failures, totals.ignored, totals.late)
}

#[test]
fn totals_of_a_new_breaker_are_zero() {
    let fixture = Fixture::new(|builder| builder);
    assert_eq!(totals(&fixture.breaker), Totals::default());
    let counting = Fixture::new(|builder| builder.count_calls(true));
    assert_eq!(outcomes(&counting.breaker), (Some(0), 0, Some(0), 0));
}

#[test]
fn failures_and_refusals_are_counted_for_all() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(7);
    fixture.trip();
    for _ in 0..3 {
        fixture.refusal();
    }
    let at_first = totals(&fixture.breaker);
    assert_eq!((at_first.failures, at_first.refused, at_first.successes), (5, 3, None));
    fixture.wait();
    fixture.fail(5);
    fixture.refusal();
    fixture.breaker.reset();
    fixture.breaker.force_open();
    fixture.refusal();
    fixture.breaker.reset();
    let in_the_end = totals(&fixture.breaker);
    assert_eq!((in_the_end.failures, in_the_end.refused), (10, 5), "of all states");
    assert_eq!(fixture.breaker.snapshot().rejected, 0, "of this state");
}

/// However counting began, all fast calls of a full window are counted, and a call that takes as long as the threshold is slow.
#[test]
fn counted_calls_are_still_told_from_slow_ones() {
    type Begin = fn(&CircuitBreaker);
    let by_settings: Begin = |breaker| breaker.reconfigure(&Changes::new().count_calls(true)).expect("right");
    let by_command = CircuitBreaker::count_calls;
    let anew: Begin = |breaker| {
        breaker.count_calls();
        let least = trip::min(10) & trip::slow_rate(0.9, millis(200));
        breaker.reconfigure(&Changes::new().trip(least)).expect("right");
    };
    for (nth, begin) in [by_settings, by_command, anew].into_iter().enumerate() {
        let rule = trip::min(10) & trip::slow_rate(0.9, millis(100));
        let fixture = Fixture::with_rule(rule);
        fixture.succeed(10);
        begin(&fixture.breaker);
        let threshold = if nth == 2 { millis(200) } else { millis(100) };
        fixture.succeed(30);
        fixture.succeed_in(threshold - millis(1), 1);
        fixture.succeed_in(threshold, 1);
        fixture.succeed_in(threshold + millis(1), 1);
        assert_eq!(fixture.breaker.metrics().slow(threshold), Some(2), "{nth}");
        assert_eq!(totals(&fixture.breaker).successes, Some(33), "{nth}");
    }
}

#[test]
fn successes_and_ignored_calls_are_counted_for_breakers_that_count_calls() {
    // A full window, in which healthy calls change nothing; a time window; a window with durations.
    let slow = trip::min(10) & (trip::failure_rate(0.5) | trip::slow_rate(0.5, millis(100)));
    let average = trip::min(10) & trip::avg_latency(millis(100));
    let fixtures = [
        Fixture::new(|builder| builder.count_calls(true)),
        Fixture::new(|builder| builder.window(window::time(seconds(60))).count_calls(true)),
        Fixture::new(|builder| builder.trip(slow).count_calls(true)),
        Fixture::new(|builder| builder.trip(average).count_calls(true)),
    ];
    for fixture in fixtures {
        for _ in 0..5 {
            fixture.succeed(50);
            fixture.fail(1);
            fixture.call(Outcome::Ignored, millis(1)).expect("closed");
            fixture.advance(millis(300));
        }
        assert_eq!(outcomes(&fixture.breaker), (Some(250), 5, Some(5), 0));
        fixture.breaker.metrics_only();
        fixture.succeed(20);
        fixture.fail(20);
        assert_eq!(outcomes(&fixture.breaker), (Some(270), 25, Some(5), 0));
        fixture.breaker.disable();
        fixture.succeed(20);
        fixture.fail(20);
        fixture.call(Outcome::Ignored, millis(1)).expect("disabled");
        assert_eq!(outcomes(&fixture.breaker), (Some(270), 25, Some(5), 0), "disabled, nothing is recorded");
    }
}

#[test]
fn outcomes_of_a_trial_and_a_ramp_count() {
    let ramp = permit::ramp_up(1.0, 1.0, seconds(10));
    let fixture = Fixture::new(|builder| builder.permit(ramp).count_calls(true));
    fixture.trip();
    fixture.wait();
    fixture.call(Outcome::Ignored, millis(1)).expect("a trial");
    fixture.succeed(6);
    fixture.succeed(20);
    fixture.fail(2);
    assert_eq!(fixture.state(), State::HalfOpen);
    let (failures, totals) = (10, outcomes(&fixture.breaker));
    assert_eq!(totals, (Some(26), failures + 2, Some(1), 0));
}

#[test]
fn a_late_outcome_counts_only_as_late() {
    for counts in [false, true] {
        let fixture = Fixture::new(|builder| builder.count_calls(counts));
        let [first, second, third, fourth] = [(); 4].map(|()| fixture.breaker.acquire().expect("closed"));
        fixture.breaker.reset();
        first.success();
        second.failure();
        third.ignore();
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let _held = fourth;
            panic!("late");
        }));
        assert!(panic.is_err());
        let seen = outcomes(&fixture.breaker);
        assert_eq!(seen, (counts.then_some(0), 0, counts.then_some(1), 3));
        assert_eq!(fixture.breaker.snapshot().late, 3);
        assert_eq!(totals(&fixture.breaker).panicked, 1);
    }
}

#[test]
fn calls_that_never_returned_count_by_their_setting_and_as_such() {
    let panics = |fixture: &Fixture| {
        let call = || fixture.breaker.call(|| -> Result<(), ()> { panic!("down") });
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    };
    let gives_up = |fixture: &Fixture, after| {
        let call = fixture.breaker.acquire().expect("closed");
        fixture.advance(after);
        drop(call);
    };
    let usual = Fixture::new(|builder| builder.count_calls(true));
    panics(&usual);
    gives_up(&usual, seconds(1));
    assert_eq!(outcomes(&usual.breaker), (Some(0), 1, Some(1), 0));

    let patient = OnCancel::FailureAfter(seconds(2));
    let other = Fixture::new(|builder| {
        builder.on_panic(Outcome::Ignored).on_cancel(patient).trip(trip::failure_streak(9)).count_calls(true)
    });
    panics(&other);
    gives_up(&other, seconds(1));
    gives_up(&other, seconds(2));
    assert_eq!(outcomes(&other.breaker), (Some(0), 1, Some(2), 0));
    for (fixture, cancelled) in [(&usual, 1), (&other, 2)] {
        let totals = totals(&fixture.breaker);
        assert_eq!((totals.panicked, totals.cancelled), (1, cancelled));
    }
}

#[test]
fn outcomes_without_a_call_count() {
    let fixture = Fixture::new(|builder| builder.count_calls(true));
    for outcome in [Outcome::Success, Outcome::Failure, Outcome::Ignored] {
        fixture.breaker.record(outcome, millis(1));
    }
    fixture.breaker.force_open();
    fixture.breaker.record(Outcome::Failure, millis(1));
    assert_eq!(outcomes(&fixture.breaker), (Some(1), 1, Some(1), 0), "forced open, nothing is recorded");
}

/// Regression: a failure was in no count, and a success in that of successes.
#[test]
fn an_outcome_without_a_call_that_ends_a_stalled_trial_is_late() {
    for outcome in [Outcome::Success, Outcome::Failure, Outcome::Ignored] {
        let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(5)).count_calls(true));
        fixture.before_trial();
        let _hung = fixture.breaker.acquire().expect("a slot");
        fixture.advance(seconds(5));
        let before = totals(&fixture.breaker);
        fixture.breaker.record(outcome, millis(1));
        let after = totals(&fixture.breaker);
        let is_ignored = outcome == Outcome::Ignored;
        assert_eq!(fixture.state() == State::Open, !is_ignored, "{outcome:?}");
        assert_eq!((after.successes, after.failures), (before.successes, before.failures), "{outcome:?}");
        assert_eq!(after.late, before.late + u64::from(!is_ignored), "{outcome:?}");
        assert_eq!(after.ignored, before.ignored.map(|ignored| ignored + u64::from(is_ignored)));
    }
}

#[test]
fn a_breaker_may_start_counting_at_any_time() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(100);
    let before = fixture.breaker.acquire().expect("closed");
    fixture.breaker.count_calls();
    fixture.breaker.count_calls();
    fixture.succeed(100);
    before.success();
    assert_eq!(totals(&fixture.breaker).successes, Some(100), "of the calls that were admitted since");
    assert_eq!(
        (fixture.counts(), totals(&fixture.breaker).late),
        ((10, 0), 0),
        "and those before still count"
    );

    // In a trial, a running call keeps its slot.
    fixture.trip();
    let waiting = Fixture::new(|builder| builder.max_half_open_calls(1));
    waiting.before_trial();
    let probe = waiting.breaker.acquire().expect("a trial");
    waiting.breaker.count_calls();
    waiting.refusal();
    probe.success();
    waiting.succeed(5);
    assert_eq!(waiting.state(), State::Closed);
}

#[test]
fn a_custom_retry_may_begin_to_count_calls_and_its_pause_is_kept() {
    static COUNTING: OnceLock<CircuitBreaker> = OnceLock::new();

    let fixture = Fixture::new(|builder| {
        builder.retry(retry::custom(|_| {
            COUNTING.get().expect("set").count_calls();
            seconds(5)
        }))
    });
    COUNTING.set(fixture.breaker.clone()).expect("set once");
    fixture.trip();
    let snapshot = fixture.breaker.snapshot();
    assert_eq!((snapshot.retry_after, snapshot.totals.successes), (Some(seconds(5)), Some(0)));
}

#[test]
fn no_call_of_many_threads_is_lost() {
    let breaker = CircuitBreaker::builder("totals: threads")
        .trip(trip::min(100) & trip::failure_rate(0.9))
        .count_calls(true)
        .build()
        .expect("valid");
    together(4, |_| {
        for nth in 0..2_500 {
            let call = breaker.acquire().expect("closed");
            match nth % 25 {
                0 => call.failure(),
                1 => call.ignore(),
                2 => drop(call),
                _ => call.success(),
            }
        }
    });
    assert_eq!(outcomes(&breaker), (Some(8_800), 400, Some(800), 0));
    assert_eq!(totals(&breaker).cancelled, 400);
}
