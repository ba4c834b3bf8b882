//! The settings of a breaker in use can be changed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fluxgate::{
    Call, Changes, CircuitBreaker, Interests, Listener, OnCancel, Outcome, Reason, State, Transition,
    breaker, find, permit, retry, trip, window,
};
use fluxgate_tests::fixture::{Fixture, seconds, together};

#[track_caller]
fn change(fixture: &Fixture, changes: &Changes) {
    fixture.breaker.reconfigure(changes).expect("right settings");
}

#[test]
fn a_new_rule_decides_from_now_on() {
    let fixture = Fixture::new(|builder| builder);
    change(&fixture, &Changes::new().trip(trip::failure_streak(2)));
    assert_eq!(fixture.breaker.snapshot().rule, "failure_streak(2)");
    fixture.fail(2);
    assert_eq!(fixture.state(), State::Open);
    assert_eq!(fixture.refusal().cause().expect("a cause").to_string(), "2 failed in a row (2 >= 2)");
}

#[test]
fn wrong_settings_change_nothing_and_are_all_reported() {
    let fixture = Fixture::new(|builder| builder);
    fixture.fail(3);
    let wrong = Changes::new().window(window::count(5)).retry(retry::cooldown(seconds(0)));
    let error = fixture.breaker.reconfigure(&wrong).expect_err("wrong");
    let settings: Vec<_> = error.problems().iter().map(fluxgate::ConfigProblem::setting).collect();
    assert_eq!(settings, ["trip", "retry"], "{error}");
    assert!(error.to_string().contains("min(10)"), "the rule that it has does not fit the window: {error}");
    assert_eq!((fixture.breaker.snapshot().trial, fixture.counts()), (10, (3, 3)));
}

#[test]
fn current_settings_can_be_read_and_applied_to_another_breaker() {
    let fixture = Fixture::new(|builder| builder);
    let changes = Changes::new()
        .window(window::time(seconds(60)).buckets(6))
        .trip(trip::min(20) & trip::failure_rate(0.5))
        .retry(retry::backoff(seconds(10)).max(seconds(300)))
        .permit(permit::random(0.5))
        .max_half_open_calls(3)
        .half_open_timeout(seconds(90))
        .on_panic(Outcome::Ignored)
        .on_cancel(OnCancel::FailureAfter(seconds(2)))
        .count_calls(true);
    let printed = "window = time(1m, buckets = 6), trip = min(20) & failure_rate(0.5), \
                   retry = backoff(10s, max = 5m), permit = random(0.5), max_half_open_calls = 3, \
                   half_open_timeout = 90s, on_panic = ignore, on_cancel = failure(after = 2s), count_calls = true";
    assert_eq!(changes.to_string(), printed);
    change(&fixture, &changes);
    assert_eq!(fixture.breaker.settings(), changes);

    let other = CircuitBreaker::builder("other").build().expect("the defaults");
    assert_ne!(other.settings(), changes);
    other.reconfigure(&fixture.breaker.settings()).expect("they are right");
    assert_eq!(other.settings(), changes);
    assert_eq!(Changes::new().on_panic(Outcome::Failure).to_string(), "on_panic = failure");
}

/// Regression: a call with an unknown start counted as if it had run since the clock's zero.
#[test]
fn calls_begun_before_timing_do_not_count_as_cancelled_late() {
    let fixture = Fixture::with_rule(trip::failure_streak(1));
    fixture.advance(seconds(1_000));
    let call = fixture.breaker.acquire().expect("closed");
    change(&fixture, &Changes::new().on_cancel(OnCancel::FailureAfter(seconds(5))));
    drop(call);
    assert_eq!(fixture.state(), State::Closed);
    let call = fixture.breaker.acquire().expect("closed");
    fixture.advance(seconds(5));
    drop(call);
    assert_eq!(fixture.state(), State::Open);
}

/// Regression: a permit replaced while it was being asked was asked again, under the lock.
#[test]
fn a_permit_may_replace_itself_in_a_ramp() {
    static RAMPING: OnceLock<CircuitBreaker> = OnceLock::new();

    fn replaced(_: Duration) -> bool {
        let breaker = RAMPING.get().expect("it is there");
        breaker.reconfigure(&Changes::new().permit(permit::ramp_up(0.1, 1.0, seconds(60)))).expect("right");
        breaker.metrics().total() == 0
    }

    let fixture = Fixture::new(|builder| builder.permit(permit::ramp_up(0.1, 1.0, seconds(60))));
    let breaker = RAMPING.get_or_init(|| fixture.breaker.clone());
    fixture.before_trial();
    fixture.succeed(6);
    change(&fixture, &Changes::new().permit(permit::custom(replaced)));
    assert!(breaker.call(|| Ok::<_, ()>(())).is_ok());
}

#[test]
fn the_default_rule_follows_the_window() {
    let breaker = CircuitBreaker::builder("reconfigured: default").build().expect("valid");
    breaker.reconfigure(&Changes::new().window(window::count(20))).expect("right");
    let rule = breaker.snapshot().rule;
    assert!(rule.contains("closed & min(20)"), "{rule}");
    breaker.reconfigure(&Changes::new().window(window::count(200))).expect("right");
    let rule = breaker.snapshot().rule;
    assert!(rule.contains("closed & min(100)"), "{rule}");
}

#[test]
fn a_new_rule_judges_the_kept_window_at_once() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(6);
    fixture.fail(4);
    let straggler = fixture.breaker.acquire().expect("closed");
    change(&fixture, &Changes::new().trip(trip::min(10) & trip::failure_rate(0.45)));
    assert_eq!((fixture.state(), fixture.counts()), (State::Closed, (10, 4)));
    straggler.failure();
    assert_eq!((fixture.breaker.snapshot().late, fixture.counts()), (1, (10, 4)), "a new generation");
    change(&fixture, &Changes::new().trip(trip::min(10) & trip::failure_rate(0.4)));
    assert_eq!(fixture.state(), State::Open);
    let last = fixture.heard.last();
    assert!(matches!(last.reason, Reason::Tripped(_)));
    assert_eq!(last.metrics.failures(), 4);
}

#[test]
fn a_change_to_what_the_window_records_empties_it() {
    for changes in [
        Changes::new().window(window::count(20)),
        Changes::new().window(window::time(seconds(60))),
        Changes::new().trip(trip::min(10) & (trip::failure_rate(0.5) | trip::slow_rate(0.5, seconds(1)))),
    ] {
        let fixture = Fixture::new(|builder| builder);
        fixture.succeed(6);
        fixture.fail(4);
        change(&fixture, &changes);
        assert_eq!((fixture.state(), fixture.counts()), (State::Closed, (0, 0)), "{changes:?}");
        fixture.fail(10);
        assert_eq!(fixture.state(), State::Open, "{changes:?}");
    }
}

#[test]
fn calls_are_timed_as_soon_as_the_rule_asks_for_it() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed_in(seconds(2), 10);
    let slow = trip::min(5) & trip::slow_rate(1.0, seconds(1));
    change(&fixture, &Changes::new().trip(slow));
    fixture.succeed_in(seconds(2), 5);
    assert_eq!(fixture.state(), State::Open);
    // They are no longer timed once the rule does not ask for it.
    let other = Fixture::new(|builder| builder.trip(trip::min(5) & trip::slow_rate(1.0, seconds(1))));
    change(&other, &Changes::new().trip(trip::failure_streak(3)));
    other.succeed_in(seconds(2), 10);
    assert_eq!((other.state(), other.breaker.metrics().slow(seconds(1))), (State::Closed, None));
}

#[test]
fn retry_permit_and_limits_change_without_a_new_generation() {
    let fixture = Fixture::new(|builder| builder);
    fixture.fail(3);
    let call = fixture.breaker.acquire().expect("closed");
    let changes = Changes::new()
        .retry(retry::cooldown(seconds(7)))
        .permit(permit::ramp_up(1.0, 1.0, seconds(30)))
        .max_half_open_calls(1)
        .half_open_timeout(seconds(9))
        .on_panic(Outcome::Ignored)
        .on_cancel(OnCancel::FailureAfter(seconds(2)));
    change(&fixture, &changes);
    call.failure();
    assert_eq!((fixture.counts(), fixture.breaker.snapshot().late), ((4, 4), 0));
    for (after, failures) in [(seconds(1), 4), (seconds(2), 5)] {
        let call = fixture.breaker.acquire().expect("closed");
        fixture.advance(after);
        drop(call);
        assert_eq!(fixture.counts().1, failures, "given up after {after:?}");
    }
    fixture.trip();
    assert_eq!(fixture.breaker.snapshot().retry_after, Some(seconds(7)));
    fixture.wait();
    let probe = fixture.breaker.acquire().expect("a trial");
    fixture.refusal();
    fixture.advance(seconds(9));
    fixture.refusal();
    assert_eq!(fixture.state(), State::Open, "the probe hung");
    probe.success();
}

#[test]
fn an_open_breaker_keeps_its_pause_and_its_refusals_still_say_why() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    fixture.advance(seconds(20));
    fixture.refusal();
    let more = trip::min(10) & trip::failure_rate(0.5) | trip::failure_streak(30);
    change(&fixture, &Changes::new().trip(more).retry(retry::cooldown(seconds(5))));
    let snapshot = fixture.breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.retry_after), (State::Open, Some(seconds(40))));
    assert_eq!((snapshot.since, snapshot.rejected), (seconds(20), 1));
    assert_eq!(fixture.refusal().cause().expect("the same").condition(), "failure_rate(0.5)");
    change(&fixture, &Changes::new().trip(trip::failure_streak(3)));
    assert_eq!(fixture.refusal().cause(), None, "the rule has no such condition");
    assert_eq!((fixture.breaker.snapshot().rejected, fixture.breaker.snapshot().totals.refused), (3, 3));
    fixture.wait();
    fixture.succeed(3);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn manual_states_stay() {
    for (command, state) in [
        (CircuitBreaker::force_open as fn(&CircuitBreaker), State::ForcedOpen),
        (CircuitBreaker::disable, State::Disabled),
        (CircuitBreaker::metrics_only, State::MetricsOnly),
    ] {
        let fixture = Fixture::new(|builder| builder);
        command(&fixture.breaker);
        change(&fixture, &Changes::new().trip(trip::failure_streak(2)).window(window::count(50)));
        assert_eq!(fixture.state(), state);
        assert_eq!(fixture.heard.steps().len(), 1, "no transition");
    }
}

#[test]
fn a_breaker_that_only_reports_reports_by_the_new_rule() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.metrics_only();
    fixture.fail(9);
    change(&fixture, &Changes::new().trip(trip::failure_streak(12)));
    fixture.fail(3);
    let report = fixture.heard.last();
    assert_eq!((report.from, report.to), (State::MetricsOnly, State::MetricsOnly));
    assert_eq!(fixture.heard.steps().len(), 2);
}

/// Regression: the memory was lost if the new rule named the same durations in another order.
#[test]
fn the_memory_is_kept_in_whatever_order_durations_are_named() {
    let rule = |first, second| {
        let slow = |duration| trip::slow_rate(0.9, seconds(duration));
        trip::min(5) & (slow(first) | slow(second))
    };
    let fixture = Fixture::with_rule(rule(1, 2));
    fixture.succeed_in(seconds(1), 2);
    fixture.succeed_in(seconds(2), 1);
    change(&fixture, &Changes::new().trip(rule(2, 1)));
    let metrics = fixture.breaker.metrics();
    assert_eq!([1, 2].map(|duration| metrics.slow(seconds(duration))), [Some(3), Some(1)]);
}

/// Regression: the evidence of an open breaker lost the calls that were running when it opened.
#[test]
fn running_calls_stay_part_of_the_evidence() {
    let fixture = Fixture::with_rule(trip::failure_streak(2) | trip::in_flight(3));
    let hung: [_; 3] = std::array::from_fn(|_| fixture.breaker.acquire().expect("closed"));
    assert_eq!((fixture.state(), fixture.breaker.metrics().in_flight()), (State::Open, Some(3)));
    change(&fixture, &Changes::new().trip(trip::failure_streak(2) | trip::in_flight(4)));
    assert_eq!(fixture.breaker.metrics().in_flight(), Some(3));
    change(&fixture, &Changes::new().window(window::count(5)));
    assert_eq!(fixture.breaker.metrics().in_flight(), Some(0), "nothing is remembered");
    hung.into_iter().for_each(Call::success);
}

/// Regression: it was silent until the next outcome, where a closed breaker trips at once.
#[test]
fn a_breaker_that_only_reports_reports_at_once_that_the_new_rule_holds() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.metrics_only();
    fixture.fail(5);
    change(&fixture, &Changes::new().trip(trip::failure_streak(5)));
    let report = fixture.heard.last();
    assert_eq!((report.from, report.to), (State::MetricsOnly, State::MetricsOnly));
    assert!(matches!(report.reason, Reason::Tripped(_)));
    fixture.fail(1);
    assert_eq!(fixture.heard.steps().len(), 2, "once");
    fixture.succeed(1);
    change(&fixture, &Changes::new().trip(trip::failure_streak(4)));
    assert_eq!(fixture.heard.steps().len(), 2, "it does not hold");
    fixture.fail(4);
    assert_eq!(fixture.heard.steps().len(), 3, "it has begun to");
}

#[test]
fn a_trial_starts_over_with_the_new_rule() {
    let fixture = Fixture::new(|builder| builder);
    fixture.before_trial();
    let probe = fixture.breaker.acquire().expect("a trial");
    fixture.succeed(3);
    change(&fixture, &Changes::new().trip(trip::failure_streak(2)));
    probe.failure();
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (0, 0)));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn a_ramp_continues_and_ends_as_planned() {
    let ramp = permit::ramp_up(1.0, 1.0, seconds(60));
    let fixture = Fixture::new(|builder| builder.permit(ramp));
    fixture.before_trial();
    fixture.succeed(6);
    fixture.succeed(3);
    fixture.fail(2);
    change(&fixture, &Changes::new().trip(trip::min(10) & trip::failure_rate(0.9)));
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (5, 2)));
    fixture.advance(seconds(60));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn a_new_rule_judges_the_window_of_a_ramp_at_once() {
    let fixture = Fixture::new(|builder| builder.permit(permit::ramp_up(1.0, 1.0, seconds(60))));
    fixture.before_trial();
    fixture.succeed(6 + 6);
    fixture.fail(4);
    change(&fixture, &Changes::new().trip(trip::min(10) & trip::failure_rate(0.45)));
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (10, 4)), "nor has the ramp ended");
    change(&fixture, &Changes::new().trip(trip::min(10) & trip::failure_rate(0.4)));
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn a_pause_being_computed_still_takes_effect() {
    static BREAKER: OnceLock<CircuitBreaker> = OnceLock::new();

    let fixture = Fixture::new(|builder| {
        builder.retry(retry::custom(|_| {
            let changes = Changes::new().trip(trip::failure_streak(2));
            BREAKER.get().expect("set").reconfigure(&changes).expect("right");
            seconds(3)
        }))
    });
    BREAKER.set(fixture.breaker.clone()).expect("set once");
    fixture.trip();
    assert_eq!(fixture.breaker.snapshot().retry_after, Some(seconds(3)));
    assert_eq!(fixture.heard.last().retry_after, Some(seconds(3)));
}

#[test]
fn interested_listeners_hear_of_it_and_may_reconfigure_again() {
    #[derive(Clone, Default)]
    struct Again(Arc<AtomicU32>, Arc<OnceLock<CircuitBreaker>>);

    impl Listener for Again {
        fn on_transition(&self, transition: &Transition) {
            if transition.reason == Reason::Reconfigured && self.0.fetch_add(1, Ordering::SeqCst) == 0 {
                assert_eq!(
                    transition.to_string(),
                    "circuit breaker `fixture`: still closed (it has new settings)"
                );
                let changes = Changes::new().retry(retry::never());
                self.1.get().expect("set").reconfigure(&changes).expect("right");
            }
        }

        fn interests(&self) -> Interests {
            Interests::transitions().resets()
        }
    }

    let again = Again::default();
    let fixture = Fixture::new(|builder| builder.listener(again.clone()));
    again.1.set(fixture.breaker.clone()).expect("set once");
    let changes = Changes::new().trip(trip::failure_streak(3));
    change(&fixture, &changes);
    assert_eq!(again.0.load(Ordering::SeqCst), 2);
    change(&fixture, &changes);
    assert_eq!(again.0.load(Ordering::SeqCst), 2, "the same settings are no change");
    fixture.trip();
    assert_eq!(fixture.breaker.snapshot().retry_after, None);
}

/// Regression: they said `false` after the command to count calls, and after new settings, which cannot end the counting.
#[test]
fn settings_say_that_calls_are_counted_even_if_a_command_began_it() {
    let fixture = Fixture::new(|builder| builder);
    let counts = || fixture.breaker.settings().to_string().ends_with("count_calls = true");
    assert!(!counts());
    fixture.breaker.count_calls();
    assert!(counts());
    change(&fixture, &Changes::new().count_calls(false));
    assert!(counts());
}

#[test]
fn a_static_breaker_is_reconfigured_by_its_name() {
    static STOCK: CircuitBreaker = breaker!(name = "reconfigured: stock", trip = failure_streak(3));

    fluxgate::register(&STOCK);
    let found = find("reconfigured: stock").expect("registered");
    found.reconfigure(&Changes::new().trip(trip::failure_streak(1)).count_calls(true)).expect("right");
    STOCK.acquire().expect("closed").success();
    STOCK.acquire().expect("closed").failure();
    let snapshot = STOCK.snapshot();
    assert_eq!((snapshot.state, snapshot.name.as_str()), (State::Open, "reconfigured: stock"));
    assert_eq!(snapshot.totals.successes, Some(1));
}

#[test]
fn concurrent_changes_of_different_settings_are_all_kept() {
    let breaker = CircuitBreaker::builder("reconfigured: threads")
        .trip(trip::min(100) & trip::failure_rate(1.0))
        .count_calls(true)
        .build()
        .expect("valid");
    together(3, |nth| {
        for round in 1..=200 {
            let changes = match nth {
                0 => Changes::new().max_half_open_calls(round),
                1 => {
                    Changes::new().trip(trip::min(100) & trip::failure_rate(1.0 - f64::from(round) / 1_000.0))
                }
                _ => {
                    breaker.acquire().expect("closed").success();
                    continue;
                }
            };
            breaker.reconfigure(&changes).expect("right");
        }
    });
    let snapshot = breaker.snapshot();
    assert_eq!(snapshot.rule, "min(100) & failure_rate(0.8)");
    let totals = snapshot.totals;
    assert_eq!(totals.successes.expect("counted") + totals.late, 200);
}

/// Regression: no service would have got its traffic back.
#[test]
fn an_endless_pause_is_over_once_there_is_another_retry() {
    for retry in [retry::cooldown(seconds(60)), retry::always(), retry::custom(|_| seconds(60))] {
        let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(2)).retry(retry::never()));
        fixture.trip();
        change(&fixture, &Changes::new().retry(retry::never()).max_half_open_calls(3));
        assert_eq!((fixture.state(), fixture.breaker.is_due()), (State::Open, false));
        change(&fixture, &Changes::new().retry(retry));
        assert_eq!((fixture.state(), fixture.breaker.is_due()), (State::Open, true));
        fixture.succeed(2);
        assert_eq!(fixture.state(), State::Closed);
    }
    // A pause that has an end keeps it.
    let fixture = Fixture::new(|builder| builder.retry(retry::never()));
    fixture.breaker.open_for(seconds(5));
    change(&fixture, &Changes::new().retry(retry::cooldown(seconds(60))));
    assert_eq!(fixture.breaker.snapshot().retry_after, Some(seconds(5)));
}
