//! Manual states hold until another command.

use std::cell::Cell;

use fluxgate::testing::isolate;
use fluxgate::{Call, Changes, CircuitBreaker, Metrics, Outcome, Reason, State, breaker, trip, window};
use fluxgate_tests::fixture::{Fixture, Heard, millis, seconds};

#[test]
fn forced_open_refuses_all_until_another_command() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    assert_eq!(fixture.state(), State::ForcedOpen);
    for _ in 0..3 {
        fixture.advance(seconds(1_000_000));
        let refusal = fixture.refusal();
        assert_eq!((refusal.state(), refusal.retry_after()), (State::ForcedOpen, None));
    }
    assert_eq!(fixture.breaker.snapshot().rejected, 3);
    fixture.breaker.reset();
    fixture.succeed(1);
    assert_eq!(
        fixture.heard.steps(),
        [(State::Closed, State::ForcedOpen), (State::ForcedOpen, State::Closed)]
    );
    assert!(matches!(fixture.heard.reasons()[..], [Reason::ForceOpen, Reason::Reset]));
}

#[test]
fn disabled_admits_all_and_records_nothing() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.disable();
    fixture.fail(500);
    assert_eq!(fixture.state(), State::Disabled);
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.heard.steps(), [(State::Closed, State::Disabled)]);
    assert!(matches!(fixture.heard.last().reason, Reason::Disable));
    fixture.breaker.reset();
    assert_eq!(fixture.counts(), (0, 0));
}

#[test]
fn metrics_only_records_and_never_refuses() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.metrics_only();
    fixture.fail(30);
    assert_eq!(fixture.state(), State::MetricsOnly);
    assert_eq!(fixture.counts(), (10, 10));
    assert!(matches!(fixture.heard.reasons()[0], Reason::MetricsOnly));
}

/// Regression: shadow mode elsewhere never says that it would have tripped.
#[test]
fn metrics_only_reports_each_crossing_once() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.metrics_only();
    fixture.fail(25);
    let shadow = (State::MetricsOnly, State::MetricsOnly);
    assert_eq!(fixture.heard.steps()[1..], [shadow], "25 failures cross once");
    let report = fixture.heard.last();
    assert!(matches!(report.reason, Reason::Tripped(_)));
    assert_eq!((report.metrics.total(), report.metrics.failures()), (10, 10));

    fixture.succeed(6);
    fixture.fail(20);
    assert_eq!(fixture.heard.steps()[1..], [shadow, shadow], "it fell below and crossed again");
}

/// This lets users choose numbers from production.
#[test]
fn metrics_only_shows_how_close_the_rule_has_come() {
    let rule = trip::min(10) & trip::failure_rate(0.9) | trip::failure_streak(50);
    let fixture = Fixture::new(|builder| builder.window(window::count(20)).trip(rule));
    let peak = || fixture.breaker.snapshot().peak.map(|peak| (peak.failures, peak.calls));
    fixture.fail(3);
    assert_eq!(peak(), None, "it is closed");
    fixture.breaker.metrics_only();
    fixture.fail(4);
    fixture.succeed(5);
    assert_eq!(peak(), None, "9 calls are too few for the rule");
    fixture.succeed(1);
    assert_eq!(peak(), Some((4, 10)));
    fixture.succeed(10);
    assert_eq!(peak(), Some((4, 10)), "4 of 20 are less");
    fixture.succeed(1_000);
    fixture.fail(8);
    assert_eq!(peak(), Some((8, 20)), "as high, but of more calls");
    fixture.fail(4);
    assert_eq!(peak(), Some((12, 20)));
    let peak_rate = fixture.breaker.snapshot().peak.unwrap().failure_rate();
    assert!((peak_rate - 0.6).abs() < 1e-12, "{peak_rate}");
    fixture.breaker.reset();
    assert_eq!(peak(), None);
    fixture.breaker.metrics_only();
    assert_eq!(peak(), None, "it starts over");
}

/// Regression: the default rule showed 6 of 10 failures, because its trials ask for 10 calls; a rule without `min` showed its first
/// failure as 100%; and where `sure` asked for calls, the highest rate was lost among counted successes.
#[test]
fn metrics_only_counts_windows_that_a_closed_breaker_judges() {
    let default = "closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)";
    for (rule, expected) in [
        (default, (6, 100)),
        ("(closed & min(40) | half_open & min(4)) & failure_rate(0.5)", (6, 40)),
        ("closed & failures(30) | half_open & failures(1)", (6, 30)),
        ("failures(30)", (6, 30)),
        ("failure_rate(0.9, sure = 0.95)", (6, 69)),
        ("min(20) & slow_rate(0.5, 1s)", (6, 20)),
    ] {
        for window in [window::count(120), window::time(seconds(60))] {
            for is_read in [false, true] {
                let rule: trip::Rule = rule.parse().unwrap();
                let fixture = Fixture::new(|builder| builder.window(window).trip(rule.clone()));
                let peak = || fixture.breaker.snapshot().peak.map(|peak| (peak.failures, peak.calls));
                fixture.breaker.metrics_only();
                fixture.fail(6);
                if is_read {
                    assert_eq!(peak(), None, "{rule}");
                }
                fixture.succeed(300);
                assert_eq!(peak(), Some(expected), "{rule} on {window}");
            }
        }
    }
}

/// The same after other settings, even if the window is kept.
#[test]
fn metrics_only_counts_windows_that_the_new_rule_judges() {
    let fixture = Fixture::new(|builder| builder.window(window::count(100)).trip(trip::failures(30)));
    fixture.breaker.metrics_only();
    fixture.fail(6);
    fixture.breaker.reconfigure(&Changes::new().trip(trip::failures(50))).unwrap();
    fixture.succeed(300);
    assert_eq!(fixture.breaker.snapshot().peak.map(|peak| (peak.failures, peak.calls)), Some((6, 50)));
}

/// This holds even where calls are only counted, since they are alike and far from making the rule hold.
#[test]
fn metrics_only_shows_the_highest_rate_of_long_runs() {
    let rule = trip::failure_streak(100_000) | trip::min(50) & trip::failure_rate(1.0);
    for runs in [[400, 90], [70, 16], [16, 300], [90, 400]] {
        let fixture = Fixture::new(|builder| builder.window(window::count(500)).trip(rule.clone()));
        fixture.breaker.metrics_only();
        fixture.succeed(500);
        let mut most = 0;
        for run in runs {
            fixture.fail(run);
            most = most.max(fixture.breaker.metrics().failures());
            fixture.succeed(450);
        }
        fixture.succeed(2_000);
        let peak = fixture.breaker.snapshot().peak.unwrap();
        assert_eq!((peak.failures, peak.calls), (most, 500), "{runs:?}");
    }
}

#[test]
fn metrics_only_notices_that_time_ended_a_crossing() {
    for read in [false, true] {
        let fixture =
            Fixture::new(|builder| builder.window(window::time(seconds(10))).trip(trip::failures(1)));
        fixture.breaker.metrics_only();
        fixture.fail(2);
        assert_eq!(fixture.heard.steps().len(), 2);
        fixture.advance(seconds(100));
        if read {
            // Reading evicts, and from then on successes are counted without looking at the rule.
            assert_eq!(fixture.counts(), (0, 0));
            fixture.succeed(5);
        }
        fixture.fail(1);
        assert_eq!(fixture.heard.steps().len(), 3, "another crossing");
    }
}

/// Regression: the verdict on an older outcome replaced the one on a newer outcome, and the next crossing was lost.
#[test]
fn metrics_only_takes_verdicts_in_the_order_of_outcomes() {
    thread_local! {
        static SUCCEEDS_MEANWHILE: Cell<bool> = const { Cell::new(false) };
    }
    fn latest_failed(metrics: &Metrics) -> bool {
        if SUCCEEDS_MEANWHILE.take() {
            SHADOW.record(Outcome::Success, seconds(0));
        }
        metrics.failure_streak() > 0
    }
    static SHADOW: CircuitBreaker =
        breaker!(name = "manual states: shadow", window = count(1), trip = min(1) & custom(latest_failed));

    let _isolation = isolate();
    let heard = Heard::default();
    SHADOW.metrics_only();
    SHADOW.listen(heard.listener());
    for crossings in 1..=3 {
        SUCCEEDS_MEANWHILE.set(true);
        SHADOW.record(Outcome::Failure, seconds(0));
        assert_eq!(SHADOW.metrics().failures(), 0, "the success is the latest");
        assert_eq!(heard.all().len(), crossings);
    }
}

#[test]
fn metrics_only_begins_with_an_empty_window() {
    let fixture = Fixture::new(|builder| builder);
    fixture.fail(9);
    fixture.breaker.metrics_only();
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.metrics().failure_streak(), 0);
    fixture.fail(9);
    assert_eq!(fixture.heard.steps().len(), 1, "9 and 9 are not 10");
}

#[test]
fn metrics_only_is_evaluated_as_closed() {
    let rule = (trip::closed() & trip::failures(2)) | (trip::half_open() & trip::failures(1));
    let fixture = Fixture::with_rule(rule);
    fixture.breaker.metrics_only();
    fixture.fail(1);
    assert_eq!(fixture.heard.steps().len(), 1);
    fixture.fail(1);
    assert_eq!(fixture.heard.steps().len(), 2);
}

#[test]
fn a_command_to_the_current_state_is_no_transition() {
    let fixture = Fixture::new(|builder| builder);
    let commands: [(&dyn Fn(), State); 4] = [
        (&|| fixture.breaker.force_open(), State::ForcedOpen),
        (&|| fixture.breaker.disable(), State::Disabled),
        (&|| fixture.breaker.metrics_only(), State::MetricsOnly),
        (&|| fixture.breaker.reset(), State::Closed),
    ];
    for (nth, (command, state)) in commands.iter().enumerate() {
        for _ in 0..3 {
            command();
            assert_eq!(fixture.state(), *state);
            assert_eq!(fixture.heard.all().len(), nth + 1);
        }
    }
}

#[test]
fn metrics_only_again_keeps_the_window() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.metrics_only();
    fixture.fail(4);
    let held = fixture.breaker.acquire().expect("never refused");
    fixture.breaker.metrics_only();
    held.failure();
    assert_eq!(fixture.counts(), (5, 5));
}

#[test]
fn reset_of_a_closed_breaker_empties_the_window_without_an_event() {
    let fixture = Fixture::with_rule(trip::failure_streak(8) | (trip::min(10) & trip::failure_rate(0.5)));
    fixture.fail(7);
    fixture.advance(seconds(5));
    fixture.breaker.reset();
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.metrics().failure_streak(), 0);
    assert!(fixture.heard.all().is_empty());
    assert_eq!(fixture.breaker.snapshot().since, seconds(5), "it has been closed since before the reset");
    fixture.fail(7);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn reset_closes_from_anywhere() {
    let fixture = Fixture::new(|builder| builder);
    let enter: [(&dyn Fn(), State); 5] = [
        (&|| fixture.trip(), State::Open),
        (
            &|| {
                fixture.trip();
                fixture.wait();
                fixture.succeed(1);
            },
            State::HalfOpen,
        ),
        (&|| fixture.breaker.force_open(), State::ForcedOpen),
        (&|| fixture.breaker.disable(), State::Disabled),
        (&|| fixture.breaker.metrics_only(), State::MetricsOnly),
    ];
    for (enter, state) in enter {
        enter();
        assert_eq!(fixture.state(), state);
        fixture.breaker.reset();
        assert_eq!(fixture.state(), State::Closed);
        assert_eq!(fixture.counts(), (0, 0));
        assert_eq!(fixture.heard.last().from, state);
        assert!(matches!(fixture.heard.last().reason, Reason::Reset));
        fixture.fail(9);
        assert_eq!(fixture.state(), State::Closed);
        fixture.breaker.reset();
    }
}

#[test]
fn commands_work_from_every_state() {
    use State::{Closed, Disabled, ForcedOpen, MetricsOnly, Open};

    let fixture = Fixture::new(|builder| builder.window(window::time(seconds(10))));
    fixture.trip();
    fixture.breaker.disable();
    fixture.fail(20);
    fixture.breaker.force_open();
    fixture.refusal();
    fixture.breaker.metrics_only();
    fixture.fail(1);
    fixture.breaker.force_open();
    fixture.advance(seconds(100));
    fixture.refusal();
    assert_eq!(
        fixture.heard.steps(),
        [
            (Closed, Open),
            (Open, Disabled),
            (Disabled, ForcedOpen),
            (ForcedOpen, MetricsOnly),
            (MetricsOnly, ForcedOpen)
        ]
    );
}

#[test]
fn a_command_during_a_trial_ends_it() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(2));
    fixture.trip();
    fixture.wait();
    let held: Vec<Call<'_>> = (0..2).map(|_| fixture.breaker.acquire().expect("a slot")).collect();
    fixture.breaker.force_open();
    fixture.breaker.reset();
    held.into_iter().for_each(Call::failure);
    assert_eq!(fixture.counts(), (0, 0));
    fixture.trip();
    fixture.wait();
    let held: Vec<Call<'_>> = (0..2).map(|_| fixture.breaker.acquire().expect("a slot")).collect();
    assert!(fixture.breaker.acquire().is_err(), "the old slots returned only to the old trial");
    drop(held);
}

#[test]
fn a_call_admitted_when_disabled_does_not_count_later() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.disable();
    let held = fixture.breaker.acquire().expect("admitted");
    fixture.breaker.reset();
    held.failure();
    assert_eq!(fixture.counts(), (0, 0));
    assert_eq!(fixture.breaker.snapshot().late, 0, "it never would have counted");
    fixture.call(Outcome::Success, millis(1)).expect("closed");
}
