//! `trip()` and `open_for()` open a breaker that then recovers as usual.

use std::time::Duration;

use fluxgate::{Reason, State, permit, retry, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

/// A breaker in every state but open.
fn from_everywhere() -> Vec<Fixture> {
    let half_open = |fixture: &Fixture| {
        fixture.trip();
        fixture.wait();
        fixture.succeed(1);
    };
    let ways: [fn(&Fixture); 5] = [
        |_| {},
        |fixture| fixture.breaker.force_open(),
        |fixture| fixture.breaker.disable(),
        |fixture| fixture.breaker.metrics_only(),
        |fixture| fixture.breaker.reset(),
    ];
    let mut fixtures: Vec<Fixture> = ways
        .iter()
        .map(|way| {
            let fixture = Fixture::new(|builder| builder);
            way(&fixture);
            fixture
        })
        .collect();
    let fixture = Fixture::new(|builder| builder);
    half_open(&fixture);
    fixtures.push(fixture);
    fixtures
}

#[test]
fn trip_opens_from_any_state_and_recovers_as_usual() {
    for fixture in from_everywhere() {
        let before = fixture.state();
        fixture.breaker.trip();
        assert_eq!(fixture.state(), State::Open);
        let heard = fixture.heard.last();
        assert_eq!((heard.from, heard.to, heard.retry_after), (before, State::Open, Some(seconds(60))));
        assert!(matches!(heard.reason, Reason::Trip), "{:?}", heard.reason);
        assert_eq!(fixture.refusal().retry_after(), Some(seconds(60)));
        fixture.wait();
        fixture.succeed(6);
        assert_eq!(fixture.state(), State::Closed);
    }
}

#[test]
fn trip_on_an_open_breaker_changes_nothing() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    fixture.advance(seconds(20));
    fixture.breaker.trip();
    assert_eq!(fixture.heard.steps().len(), 1);
    assert_eq!(fixture.refusal().retry_after(), Some(seconds(40)));
}

#[test]
fn trip_draws_its_pause_from_the_retry() {
    let backoff = retry::backoff(seconds(10)).multiplier(2.0).max(seconds(1_000));
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(1)).retry(backoff));
    for expected in [10, 20, 40] {
        fixture.breaker.trip();
        assert_eq!(fixture.heard.last().retry_after, Some(seconds(expected)));
        fixture.wait();
        // Half-open, or closed for less time than it was open.
        drop(fixture.breaker.acquire());
    }
    fixture.succeed(1);
    fixture.advance(millis(39_999));
    fixture.breaker.trip();
    assert_eq!(
        (fixture.breaker.snapshot().reopens, fixture.heard.last().retry_after),
        (3, Some(seconds(80)))
    );
    fixture.breaker.reset();
    fixture.breaker.trip();
    assert_eq!(fixture.breaker.snapshot().reopens, 0);
}

#[test]
fn calls_running_when_it_was_tripped_are_late() {
    let fixture = Fixture::new(|builder| builder);
    let call = fixture.breaker.acquire().expect("closed");
    fixture.breaker.trip();
    call.failure();
    assert_eq!((fixture.state(), fixture.breaker.snapshot().late), (State::Open, 1));
}

#[test]
fn open_for_opens_for_exactly_that_long() {
    for fixture in from_everywhere() {
        let before = fixture.state();
        fixture.breaker.open_for(seconds(7));
        let heard = fixture.heard.last();
        assert_eq!((heard.from, heard.to, heard.retry_after), (before, State::Open, Some(seconds(7))));
        assert!(matches!(heard.reason, Reason::OpenFor), "{:?}", heard.reason);
        fixture.advance(seconds(7) - Duration::from_nanos(1));
        assert_eq!(fixture.refusal().retry_after(), Some(Duration::from_nanos(1)));
        fixture.advance(Duration::from_nanos(1));
        fixture.succeed(6);
        assert_eq!(fixture.state(), State::Closed);
    }
}

/// A server's `Retry-After` knows better than any retry.
#[test]
fn open_for_ignores_the_retry() {
    for retry in [retry::never(), retry::always(), retry::cooldown(seconds(100)).jitter(0.5)] {
        let fixture = Fixture::new(|builder| builder.retry(retry));
        fixture.breaker.open_for(seconds(7));
        assert_eq!(fixture.refusal().retry_after(), Some(seconds(7)));
        fixture.advance(seconds(7));
        fixture.succeed(6);
        assert_eq!(fixture.state(), State::Closed);
    }
}

#[test]
fn open_for_on_an_open_breaker_only_moves_the_end() {
    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    for again in [seconds(600), seconds(5)] {
        fixture.breaker.open_for(again);
        assert_eq!(fixture.refusal().retry_after(), Some(again));
    }
    assert_eq!(fixture.heard.steps(), [(State::Closed, State::Open)], "without an event");
    fixture.advance(seconds(5));
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn the_ramp_begins_when_that_pause_ends() {
    let fixture = Fixture::new(|builder| builder.permit(permit::ramp_up(1.0, 1.0, seconds(60))));
    fixture.breaker.open_for(seconds(7));
    fixture.advance(seconds(7 + 59));
    fixture.succeed(6);
    assert_eq!(fixture.state(), State::HalfOpen);
    fixture.advance(seconds(1));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
}

#[test]
fn refusals_in_half_open_suggest_a_tenth_of_that_pause() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    fixture.breaker.open_for(seconds(10));
    fixture.advance(seconds(10));
    let probe = fixture.breaker.acquire().expect("due");
    let wait = fixture.refusal().retry_after().expect("it tells one");
    assert!((seconds(1)..=millis(1_500)).contains(&wait), "{wait:?}");
    drop(probe);
}
