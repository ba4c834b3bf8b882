//! What the library offers to tests: putting a breaker into a state, a recorder, assertions with informative messages.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use fluxgate::State::{Closed, ForcedOpen, HalfOpen, Open};
use fluxgate::testing::{ManualClock, Recorder, assert_admits, assert_refuses, assert_state, isolate};
use fluxgate::{Builder, CircuitBreaker, Reason, breaker, permit, retry, trip};
use fluxgate_tests::fixture::{Fixture, seconds};

#[track_caller]
fn assert_says(assertion: impl FnOnce(), expected: &str) {
    let panic: Box<dyn Any + Send> =
        catch_unwind(AssertUnwindSafe(assertion)).expect_err("the assertion should fail");
    assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some(expected));
}

#[test]
fn half_open_begins_a_trial_from_any_state() {
    let commands: [fn(&Fixture); 5] = [
        |_| {},
        Fixture::trip,
        |fixture| fixture.breaker.force_open(),
        |fixture| fixture.breaker.disable(),
        |fixture| fixture.breaker.metrics_only(),
    ];
    for command in commands {
        let fixture = Fixture::new(|builder| builder);
        command(&fixture);
        fixture.breaker.half_open();
        assert_eq!((fixture.state(), fixture.counts()), (HalfOpen, (0, 0)));
        assert_eq!(fixture.heard.steps().last(), Some(&(Open, HalfOpen)));
        assert_eq!(fixture.heard.last().reason, Reason::RetryDue);
        fixture.succeed(6);
        assert_eq!(fixture.state(), Closed);
    }
}

#[test]
fn half_open_of_a_half_open_breaker_changes_nothing() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    fixture.wait();
    fixture.succeed(3);
    fixture.breaker.half_open();
    assert_eq!((fixture.counts(), fixture.heard.steps().len()), ((3, 0), 2));
}

#[test]
fn half_open_ignores_the_retry_and_begins_the_ramp() {
    let retries: [fn(Builder) -> Builder; 2] =
        [|builder| builder.retry(retry::never()), |builder| builder.retry(retry::custom(|_| Duration::MAX))];
    for retry in retries {
        let ramp = permit::ramp_up(1.0, 1.0, seconds(60));
        let fixture = Fixture::new(|builder| retry(builder.permit(ramp)));
        fixture.advance(seconds(1_000));
        fixture.breaker.half_open();
        fixture.succeed(6);
        fixture.advance(seconds(60) - Duration::from_nanos(1));
        fixture.succeed(1);
        assert_eq!(fixture.state(), HalfOpen);
        fixture.advance(Duration::from_nanos(1));
        fixture.succeed(1);
        assert_eq!(fixture.state(), Closed);
    }
}

#[test]
fn a_state_is_set_on_the_double() {
    static ISOLATED: CircuitBreaker = breaker!(name = "testing: isolated");
    {
        let _isolation = isolate();
        ISOLATED.half_open();
        assert_eq!(ISOLATED.state(), HalfOpen);
    }
    assert_eq!(ISOLATED.state(), Closed);
}

#[test]
fn a_recorder_hears_what_happens_and_its_clones_share_it() {
    let (recorder, fixture) = (Recorder::new(), Fixture::new(|builder| builder));
    recorder.assert_states([]);
    fixture.breaker.listen(recorder.clone());
    fixture.trip();
    fixture.breaker.force_open();
    recorder.assert_states([Closed, Open, ForcedOpen]);
    assert_eq!(recorder.transitions().len(), 2);
    assert_eq!(recorder.take()[1].reason, Reason::ForceOpen);
    recorder.assert_states([]);
    fixture.breaker.reset();
    recorder.assert_states([ForcedOpen, Closed]);
    assert!(format!("{recorder:?}").starts_with("Recorder([Transition {"));
}

#[test]
fn a_recorder_says_what_it_heard_instead() {
    let recorder = Recorder::default();
    assert_says(
        || recorder.assert_states([Closed, Open]),
        "expected the states closed -> open, but heard\n  nothing",
    );
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(3)).listener(recorder.clone()));
    fixture.trip();
    fixture.breaker.half_open();
    assert_says(
        || recorder.assert_states([Closed, Open]),
        "expected the states closed -> open, but heard\n  \
         circuit breaker `fixture`: closed -> open (3 failed in a row (3 >= 3))\n  \
         circuit breaker `fixture`: open -> half-open (it is time to try again)",
    );
}

#[test]
fn assertions_say_what_the_breaker_knows() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    fixture.succeed(7);
    fixture.advance(seconds(3));
    let rule = "its rule is `failure_streak(3)`";
    assert_says(
        || assert_state(&fixture.breaker, Open),
        &format!(
            "circuit breaker `fixture` should be open, but has been closed for 3s: 0 of the last 7 calls failed; {rule}"
        ),
    );
    fixture.fail(2);
    assert_says(
        || drop(assert_refuses(&fixture.breaker)),
        &format!(
            "circuit breaker `fixture` should refuse a call, but has been closed for 3s: 2 of the last 9 calls failed, \
             the last 2 in a row; {rule}"
        ),
    );
    fixture.fail(1);
    fixture.advance(seconds(18));
    assert_says(
        || assert_admits(&fixture.breaker),
        &format!(
            "circuit breaker `fixture` should admit a call, but has been open for 18s: 3 of the last 10 calls failed, the \
             last 3 in a row; it tries again in 42s; {rule}\n\
             the refusal: circuit breaker `fixture` is open: 3 failed in a row (3 >= 3); next attempt in 42s"
        ),
    );
}

#[test]
fn assertions_that_hold_say_nothing_and_record_nothing() {
    let fixture = Fixture::new(|builder| builder);
    assert_state(&fixture.breaker, Closed);
    assert_admits(&fixture.breaker);
    fixture.trip();
    assert_eq!(assert_refuses(&fixture.breaker).retry_after(), Some(seconds(60)));
    fixture.wait();
    assert_state(&fixture.breaker, Open);
    assert_admits(&fixture.breaker);
    assert_eq!((fixture.state(), fixture.counts()), (HalfOpen, (0, 0)));
}

#[test]
fn assertions_escape_the_name() {
    let breaker =
        CircuitBreaker::builder("two\nlines").trip(trip::failure_streak(3)).clock(ManualClock::new());
    let breaker = breaker.build().expect("valid");
    assert_says(
        || assert_state(&breaker, Open),
        "circuit breaker `two\\nlines` should be open, but has been closed for 0s: no call yet; its rule is \
         `failure_streak(3)`",
    );
}
