//! An outcome recorded without a call, say from a health check, counts like that of a call.

use std::time::Duration;

use fluxgate::{Outcome, State, permit, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

fn record(fixture: &Fixture, outcome: Outcome, times: usize) {
    (0..times).for_each(|_| fixture.breaker.record(outcome, Duration::ZERO));
}

#[test]
fn counts_while_closed_and_trips() {
    let fixture = Fixture::new(|builder| builder);
    record(&fixture, Outcome::Success, 5);
    record(&fixture, Outcome::Ignored, 5);
    fixture.fail(2);
    record(&fixture, Outcome::Failure, 2);
    assert_eq!((fixture.state(), fixture.counts()), (State::Closed, (9, 4)));
    record(&fixture, Outcome::Failure, 1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn counts_with_its_duration() {
    let fixture = Fixture::with_rule(
        trip::min(4) & (trip::slow_rate(1.0, millis(100)) | trip::avg_latency(seconds(9))),
    );
    fixture.breaker.record(Outcome::Success, millis(99));
    fixture.breaker.record(Outcome::Success, millis(100));
    let metrics = fixture.breaker.metrics();
    assert_eq!(
        (metrics.slow(millis(100)), metrics.avg_latency()),
        (Some(1), Some(Duration::from_micros(99_500)))
    );
    fixture.breaker.reset();
    (0..4).for_each(|_| fixture.breaker.record(Outcome::Success, millis(100)));
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn counts_in_metrics_only() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.metrics_only();
    record(&fixture, Outcome::Failure, 10);
    assert_eq!(fixture.counts(), (10, 10));
    assert_eq!(fixture.heard.steps().last(), Some(&(State::MetricsOnly, State::MetricsOnly)));
}

#[test]
fn counts_in_a_trial_without_a_slot() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    fixture.trip();
    fixture.wait();
    let hung = fixture.breaker.acquire().expect("a slot");
    record(&fixture, Outcome::Success, 5);
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (5, 0)));
    fixture.refusal();
    record(&fixture, Outcome::Success, 1);
    assert_eq!(fixture.state(), State::Closed);
    drop(hung);

    fixture.trip();
    fixture.wait();
    fixture.fail(1);
    record(&fixture, Outcome::Failure, 4);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn counts_in_a_ramp() {
    let fixture = Fixture::new(|builder| builder.permit(permit::ramp_up(1.0, 1.0, seconds(60))));
    fixture.trip();
    fixture.wait();
    record(&fixture, Outcome::Success, 1);
    assert_eq!(fixture.state(), State::Open, "outcomes recorded while open change nothing");
    fixture.succeed(6);
    record(&fixture, Outcome::Failure, 9);
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (9, 9)));
    record(&fixture, Outcome::Failure, 1);
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn changes_nothing_where_nothing_is_recorded() {
    let fixture = Fixture::new(|builder| builder);
    let places: [fn(&Fixture); 3] =
        [Fixture::trip, |fixture| fixture.breaker.disable(), |fixture| fixture.breaker.force_open()];
    for place in places {
        fixture.breaker.reset();
        place(&fixture);
        let before = fixture.breaker.snapshot();
        record(&fixture, Outcome::Failure, 20);
        record(&fixture, Outcome::Success, 20);
        assert_eq!(fixture.breaker.snapshot(), before);
    }
}
