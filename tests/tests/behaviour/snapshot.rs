//! A snapshot shows everything there is to know about a breaker.

use fluxgate::{CircuitBreaker, Recovery, State, permit, retry, trip, window};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

#[test]
fn of_a_new_breaker() {
    let fixture = Fixture::new(|builder| builder);
    let snapshot = fixture.breaker.snapshot();
    assert_eq!(snapshot.name, "fixture");
    assert_eq!(snapshot.state, State::Closed);
    assert_eq!(snapshot.since, seconds(0));
    assert_eq!((snapshot.reopens, snapshot.rejected, snapshot.late), (0, 0, 0));
    assert_eq!(snapshot.retry_after, None);
    assert_eq!(snapshot.rule, "min(10) & failure_rate(0.5)");
    assert_eq!(snapshot.trial, 10);
    assert_eq!(snapshot.metrics.total(), 0);
}

#[test]
fn through_an_outage() {
    let fixture = Fixture::new(|builder| builder.retry(retry::cooldown(seconds(30))));
    fixture.advance(seconds(5));
    fixture.succeed(5);
    assert_eq!(fixture.breaker.snapshot().since, seconds(5));
    let straggler = fixture.breaker.acquire().expect("closed");
    fixture.trip();
    fixture.refusal();
    fixture.refusal();
    fixture.advance(seconds(12));
    straggler.success();
    let snapshot = fixture.breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.since), (State::Open, seconds(12)));
    assert_eq!((snapshot.retry_after, snapshot.rejected), (Some(seconds(18)), 2));
    assert_eq!((snapshot.late, snapshot.metrics.failures()), (1, 5));

    fixture.wait();
    fixture.fail(1);
    let snapshot = fixture.breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.since), (State::HalfOpen, seconds(0)));
    assert_eq!((snapshot.retry_after, snapshot.rejected), (None, 0), "rejected counts since the state began");
    assert_eq!((snapshot.metrics.total(), snapshot.metrics.failures()), (1, 1));

    fixture.fail(4);
    assert_eq!(fixture.breaker.snapshot().reopens, 1);
}

#[test]
fn since_is_kept_if_there_is_no_transition() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    fixture.advance(seconds(3));
    fixture.breaker.force_open();
    fixture.refusal();
    assert_eq!(fixture.breaker.snapshot().since, seconds(3));
}

#[test]
fn retry_after_is_zero_once_due() {
    let fixture = Fixture::new(|builder| builder.retry(retry::cooldown(seconds(30))));
    fixture.trip();
    fixture.advance(millis(29_999));
    assert_eq!(fixture.breaker.snapshot().retry_after, Some(millis(1)));
    fixture.advance(seconds(100));
    assert_eq!(fixture.breaker.snapshot().retry_after, Some(seconds(0)));
}

#[test]
fn trial_is_the_length_derived_from_the_rule() {
    let cases: [(trip::Rule, u32); 8] = [
        (trip::min(10) & trip::failure_rate(0.5), 10),
        (trip::min(10) & trip::failures(4), 10),
        (trip::failures(4), 4),
        (trip::failure_streak(3) | trip::min(10) & trip::failure_rate(0.5), 10),
        (trip::min(7) & trip::slow_rate(0.2, seconds(1)), 7),
        (trip::min(2) & trip::avg_latency(seconds(1)), 2),
        (trip::closed() & trip::failures(9) | trip::half_open() & trip::min(1) & trip::failure_rate(1.0), 1),
        (
            trip::closed() & trip::failures(9) | trip::half_open() & trip::min(40) & trip::failure_rate(0.1),
            40,
        ),
    ];
    for (rule, trial) in cases {
        let spelled = rule.to_string();
        let breaker = CircuitBreaker::builder("trial").trip(rule).build().expect("valid");
        assert_eq!(breaker.snapshot().trial, trial, "{spelled}");
    }
}

#[test]
fn debug_and_clone_show_what_matters() {
    let breaker = Fixture::new(|builder| builder).breaker;
    assert!(format!("{:?}", breaker.snapshot().clone()).contains("fixture"));
    assert_eq!(format!("{breaker:?}"), r#"CircuitBreaker { name: "fixture", state: Closed, .. }"#);
    let call = breaker.acquire().expect("closed");
    assert_eq!(format!("{call:?}"), r#"Call { breaker: "fixture", state: Closed, generation: 0, .. }"#);
}

#[test]
fn metrics_print_what_was_measured() {
    let plain = Fixture::new(|builder| builder);
    plain.fail(2);
    assert_eq!(
        format!("{:?}", plain.breaker.metrics()),
        "Metrics { total: 2, failures: 2, failure_streak: 2 }"
    );
    let timed =
        Fixture::with_rule(trip::min(9) & (trip::slow_rate(1.0, seconds(1)) | trip::avg_latency(seconds(9))));
    timed.succeed_in(seconds(1), 1);
    assert_eq!(
        format!("{:?}", timed.breaker.metrics()),
        "Metrics { total: 1, failures: 0, failure_streak: 0, slow(1s): 1, avg_latency: 1s }"
    );
}

fn said(breaker: &CircuitBreaker) -> Vec<(String, Option<bool>)> {
    let conditions = breaker.snapshot().conditions;
    conditions.iter().map(|condition| (condition.to_string(), condition.holds)).collect()
}

fn as_said(expected: &[(&str, Option<bool>)]) -> Vec<(String, Option<bool>)> {
    expected.iter().map(|(text, holds)| ((*text).to_owned(), *holds)).collect()
}

#[test]
fn each_condition_has_its_figures() {
    let second = seconds(1);
    let rule = trip::min(4)
        & (trip::failure_rate(0.5)
            | trip::slow_rate(0.75, second)
            | trip::avg_latency(seconds(3))
            | trip::custom(|_| false))
        | trip::failures(3)
        | trip::failure_streak(2)
        | trip::failing_for(seconds(9));
    let fixture = Fixture::with_rule(rule);
    assert_eq!(
        said(&fixture.breaker),
        as_said(&[
            ("0 calls (0 < 4)", Some(false)),
            ("no call yet", Some(false)),
            ("no call yet", Some(false)),
            ("no call yet", Some(false)),
            ("custom(..) is asked when a call ends", None),
            ("0 of 0 calls failed (0 < 3)", Some(false)),
            ("0 failed in a row (0 < 2)", Some(false)),
            ("the last call did not fail", Some(false)),
        ])
    );
    fixture.succeed_in(second, 1);
    fixture.fail(1);
    fixture.advance(seconds(3));
    assert_eq!(
        said(&fixture.breaker),
        as_said(&[
            ("2 calls (2 < 4)", Some(false)),
            ("1 of the last 2 calls failed (50% >= 50%)", Some(true)),
            ("1 of the last 2 calls took 1s or longer (50% < 75%)", Some(false)),
            ("the last 2 calls took 500ms on average (500ms < 3s)", Some(false)),
            ("custom(..) is asked when a call ends", None),
            ("1 of the last 2 calls failed (1 < 3)", Some(false)),
            ("1 failed in a row (1 < 2)", Some(false)),
            ("no call has succeeded for 3s (3s < 9s)", Some(false)),
        ])
    );
    let values: Vec<_> = fixture.breaker.snapshot().conditions.iter().map(|c| (c.value, c.limit)).collect();
    assert_eq!(
        values,
        [
            (Some(2.0), Some(4.0)),
            (Some(0.5), Some(0.5)),
            (Some(0.5), Some(0.75)),
            (Some(0.5), Some(3.0)),
            (None, None),
            (Some(1.0), Some(3.0)),
            (Some(1.0), Some(2.0)),
            (Some(3.0), Some(9.0)),
        ]
    );
}

#[test]
fn the_conditions_are_those_that_apply_in_the_state() {
    let rule = trip::closed() & trip::min(10) & trip::failure_rate(0.5)
        | trip::half_open() & trip::min(4) & trip::failure_rate(0.5);
    let fixture = Fixture::with_rule(rule);
    let names = || -> Vec<_> {
        fixture.breaker.snapshot().conditions.into_iter().map(|condition| condition.condition).collect()
    };
    assert_eq!(names(), ["min(10)", "failure_rate(0.5)"]);
    fixture.trip();
    assert_eq!(names(), ["min(10)", "failure_rate(0.5)", "min(4)"], "either reading may have opened it");
    fixture.wait();
    fixture.succeed(1);
    assert_eq!(names(), ["min(4)", "failure_rate(0.5)"]);
    fixture.breaker.metrics_only();
    assert_eq!(names(), ["min(10)", "failure_rate(0.5)"]);
    fixture.breaker.disable();
    assert_eq!(names(), [""; 0]);
    fixture.breaker.force_open();
    assert_eq!(names(), [""; 0]);
}

#[test]
fn the_cause_is_shown_while_it_is_open() {
    let fixture = Fixture::new(|builder| builder);
    let cause = || fixture.breaker.snapshot().cause.map(|cause| cause.to_string());
    assert_eq!(cause(), None);
    fixture.trip();
    assert_eq!(cause().as_deref(), Some("10 of the last 10 calls failed (100% >= 50%)"));
    fixture.wait();
    fixture.succeed(1);
    assert_eq!(cause(), None);
    fixture.breaker.open_for(seconds(1));
    assert_eq!(cause(), None, "a command is no condition");
}

/// Regression: only the rule was ever shown as what opened it.
#[test]
fn the_reason_for_its_state_is_shown_whatever_it_is() {
    let fixture = Fixture::new(|builder| builder.half_open_timeout(seconds(20)));
    let reason = || fixture.breaker.snapshot().reason.map(|reason| (reason.as_str(), reason.to_string()));
    assert_eq!(reason(), None, "nothing has happened");
    fixture.breaker.reset();
    assert_eq!(reason(), None, "it was closed before");
    let commands: [(fn(&Fixture), _, _); 6] = [
        (|fixture| fixture.breaker.trip(), "trip", "opened by command"),
        (|fixture| fixture.breaker.force_open(), "force_open", "forced open by command"),
        (|fixture| fixture.breaker.open_for(seconds(60)), "open_for", "opened by command"),
        (|fixture| fixture.breaker.disable(), "disable", "disabled by command"),
        (|fixture| fixture.breaker.metrics_only(), "metrics_only", "metrics only by command"),
        (|fixture| fixture.breaker.reset(), "reset", "reset by command"),
    ];
    for (command, kind, message) in commands {
        command(&fixture);
        assert_eq!(reason(), Some((kind, message.to_owned())));
    }
    let tripped = Some(("tripped", "10 of the last 10 calls failed (100% >= 50%)".to_owned()));
    fixture.breaker.metrics_only();
    fixture.fail(10);
    assert_eq!((reason(), fixture.breaker.snapshot().cause), (tripped.clone(), None), "it did not open");
    fixture.breaker.reset();
    fixture.fail(10);
    assert_eq!(reason(), tripped);
    fixture.wait();
    let hung = fixture.breaker.acquire().expect("a slot");
    assert_eq!(reason(), Some(("retry_due", "it is time to try again".to_owned())));
    fixture.advance(seconds(20));
    fixture.refusal();
    assert_eq!(reason(), Some(("half_open_timeout", "the calls of the trial take too long".to_owned())));
    drop(hung);
    let saved = fixture.breaker.snapshot().saved().expect("it is open");
    fixture.breaker.reset();
    fixture.breaker.restore(&saved).expect("it is the same breaker");
    assert_eq!(reason(), Some(("restored", "restored, as it was open before".to_owned())));
}

#[test]
fn a_trial_shows_its_progress() {
    let fixture = Fixture::new(|builder| builder);
    assert_eq!(fixture.breaker.snapshot().recovery, None);
    fixture.trip();
    fixture.wait();
    fixture.fail(1);
    fixture.succeed(2);
    let running = fixture.breaker.acquire().expect("a slot");
    let Some(Recovery::Trial { outcomes, good, needed, in_flight, longest, .. }) =
        fixture.breaker.snapshot().recovery
    else {
        panic!("it is half-open")
    };
    assert_eq!((outcomes, good, needed, in_flight, longest), (3, 2, 5, 1, 20));
    running.success();
    fixture.succeed(4);
    assert_eq!((fixture.breaker.state(), fixture.breaker.snapshot().recovery), (State::Closed, None));
}

#[test]
fn a_ramp_shows_its_share_and_its_end() {
    let ramp = permit::ramp_up(0.25, 1.0, seconds(60));
    let fixture = Fixture::new(|builder| builder.permit(ramp));
    fixture.trip();
    fixture.wait();
    fixture.succeed(6);
    fixture.advance(seconds(20));
    let Some(Recovery::Ramp { admits, ends_in, .. }) = fixture.breaker.snapshot().recovery else {
        panic!("it ramps up")
    };
    assert!((admits - 0.5).abs() < 1e-9, "{admits}");
    assert_eq!(ends_in, seconds(40));
}

#[test]
fn slow_calls_are_counted_over_the_breakers_life() {
    let rule = trip::min(10) & (trip::slow_rate(1.0, seconds(2)) | trip::slow_rate(1.0, seconds(1)));
    for counts in [false, true] {
        let fixture = Fixture::new(|builder| builder.trip(rule.clone()).count_calls(counts));
        fixture.succeed(3);
        fixture.succeed_in(seconds(1), 2);
        fixture.call(fluxgate::Outcome::Failure, seconds(5)).expect("admitted");
        fixture.breaker.reset();
        fixture.succeed_in(seconds(1), 1);
        assert_eq!(fixture.breaker.snapshot().totals.slow, 4, "counts calls: {counts}");
    }
    let untimed = Fixture::new(|builder| builder);
    untimed.succeed_in(seconds(100), 3);
    assert_eq!(untimed.breaker.snapshot().totals.slow, 0);
}

#[test]
fn a_rate_that_has_to_be_sure_says_whether_it_is() {
    let fixture =
        Fixture::new(|builder| builder.window(window::count(100)).trip(trip::failure_rate(0.2).sure(0.99)));
    fixture.succeed(5);
    fixture.fail(2);
    let not_yet = "2 of the last 7 calls failed (28.57%, not 99% sure to be > 20%)";
    assert_eq!(said(&fixture.breaker).last(), Some(&(not_yet.to_owned(), Some(false))));
}
