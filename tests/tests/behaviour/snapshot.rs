//! A snapshot says everything there is to say about a breaker.

use fluxgate::{CircuitBreaker, State, retry, trip};
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
fn since_is_kept_by_what_is_no_transition() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    fixture.advance(seconds(3));
    fixture.breaker.force_open();
    fixture.refusal();
    assert_eq!(fixture.breaker.snapshot().since, seconds(3));
}

#[test]
fn retry_after_is_nothing_once_due() {
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
fn debug_and_clone_work() {
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
