//! With the feature `serde`, snapshots serialize.

use fluxgate::{State, permit, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};
use serde_json::json;

#[test]
fn a_snapshot_is_an_object() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(4);
    fixture.fail(6);
    fixture.refusal();
    fixture.advance(seconds(18));
    let snapshot = serde_json::to_value(fixture.breaker.snapshot()).expect("it serializes");
    for (field, value) in [
        ("name", json!("fixture")),
        ("state", json!("open")),
        ("reopens", json!(0)),
        ("rejected", json!(1)),
        ("late", json!(0)),
        ("peak", json!(null)),
        ("rule", json!("min(10) & failure_rate(0.5)")),
        ("trial", json!(10)),
        ("since", json!(18.0)),
        ("retry_after", json!(42.0)),
    ] {
        assert_eq!(snapshot[field], value, "{field}");
    }
    assert_eq!(
        snapshot["totals"],
        json!({
            "successes": null, "failures": 6, "ignored": null, "slow": 0, "refused": 1, "late": 0, "cancelled": 0, "panicked": 0
        })
    );
    let metrics = &snapshot["metrics"];
    assert_eq!((&metrics["total"], &metrics["failures"]), (&json!(10), &json!(6)));
    assert_eq!((&metrics["failure_rate"], &metrics["failure_streak"]), (&json!(0.6), &json!(6)));
    assert_eq!((&metrics["avg_latency"], &metrics["slow"]), (&json!(null), &json!([])));
    assert_eq!(metrics["in_flight"], json!(null));
}

#[test]
fn the_highest_failure_rate_includes_its_calls() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.metrics_only();
    fixture.succeed(9);
    fixture.fail(3);
    let snapshot = serde_json::to_value(fixture.breaker.snapshot()).expect("it serializes");
    assert_eq!(snapshot["peak"], json!({"failures": 3, "calls": 10, "failure_rate": 0.3}));
}

#[test]
fn durations_are_seconds() {
    let slow = trip::slow_rate(1.0, millis(1_500)) | trip::slow_rate(0.5, seconds(60));
    let rule = trip::min(4) & (slow | trip::avg_latency(seconds(90)));
    let fixture = Fixture::new(|builder| builder.trip(rule).half_open_timeout(seconds(300)));
    let empty = serde_json::to_value(fixture.breaker.snapshot()).expect("it serializes");
    assert_eq!(empty["metrics"]["slow"][0], json!({"threshold": 1.5, "calls": 0, "rate": null}));
    for duration in [millis(500), millis(1_500)] {
        fixture.succeed_in(duration, 1);
    }
    let snapshot = serde_json::to_value(fixture.breaker.snapshot()).expect("it serializes");
    assert_eq!((&snapshot["since"], &snapshot["retry_after"]), (&json!(2.0), &json!(null)));
    assert_eq!(snapshot["metrics"]["avg_latency"], json!(1.0));
    assert_eq!(
        snapshot["metrics"]["slow"],
        json!([{"threshold": 1.5, "calls": 1, "rate": 0.5}, {"threshold": 60.0, "calls": 0, "rate": 0.0}])
    );
}

#[test]
fn states_are_spelled_as_words() {
    let states =
        [State::Closed, State::Open, State::HalfOpen, State::MetricsOnly, State::Disabled, State::ForcedOpen];
    for state in states {
        assert_eq!(serde_json::to_value(state).expect("it serializes"), json!(state.as_str()));
    }
}

#[test]
fn any_name_serializes() {
    let name = "\"<script>\"\n\0é";
    let breaker = fluxgate::CircuitBreaker::builder(name).build().expect("valid");
    let text = serde_json::to_string(&breaker.snapshot()).expect("it serializes");
    let read: serde_json::Value = serde_json::from_str(&text).expect("it reads back");
    assert_eq!(read["name"], json!(name));
}

#[test]
fn conditions_and_the_cause_have_words_and_figures() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(4);
    fixture.fail(6);
    let snapshot = serde_json::to_value(fixture.breaker.snapshot()).expect("it serializes");
    let message = "6 of the last 10 calls failed (60% >= 50%)";
    assert_eq!(snapshot["cause"], json!({"condition": "failure_rate(0.5)", "message": message}));
    assert_eq!(snapshot["reason"], json!({"kind": "tripped", "message": message}));
    assert_eq!(
        snapshot["conditions"],
        json!([
            {"condition": "min(10)", "holds": true, "value": 10.0, "limit": 10.0, "message": "10 calls (10 >= 10)"},
            {"condition": "failure_rate(0.5)", "holds": true, "value": 0.6, "limit": 0.5, "message": message},
        ])
    );
}

#[test]
fn a_recovery_names_its_stage() {
    let fixture = Fixture::new(|builder| builder.permit(permit::ramp_up(0.5, 1.0, seconds(60))));
    fixture.trip();
    fixture.wait();
    fixture.succeed(1);
    let recovery =
        || serde_json::to_value(fixture.breaker.snapshot()).expect("it serializes")["recovery"].clone();
    assert_eq!(
        recovery(),
        json!({"stage": "trial", "outcomes": 1, "good": 1, "needed": 5, "in_flight": 0, "longest": 20})
    );
    fixture.succeed(5);
    assert_eq!(recovery(), json!({"stage": "ramp", "admits": 0.5, "ends_in": 60.0}));
}
