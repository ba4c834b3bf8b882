//! Re-openings are counted, and closing does not forgive them at once.

use fluxgate::{Changes, CircuitBreaker, State, retry, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};

fn backing_off() -> Fixture {
    Fixture::new(|builder| {
        let rule = trip::closed() & trip::min(10) & trip::failure_rate(0.5)
            | trip::half_open() & trip::min(1) & trip::failure_rate(1.0);
        builder.trip(rule).retry(retry::backoff(seconds(10)).multiplier(2.0).max(seconds(1_000)))
    })
}

fn delay(fixture: &Fixture) -> std::time::Duration {
    assert_eq!(fixture.state(), State::Open);
    fixture.heard.last().retry_after.expect("a backoff ends")
}

#[test]
fn backoff_grows_with_each_reopening() {
    let fixture = backing_off();
    fixture.trip();
    for (reopens, expected) in [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000].into_iter().enumerate() {
        assert_eq!(fixture.breaker.snapshot().reopens, reopens as u32);
        assert_eq!(delay(&fixture), seconds(expected));
        fixture.wait();
        fixture.fail(1);
    }
}

/// Regression: elsewhere the count of re-openings expires while nobody calls, and the backoff never grows.
#[test]
fn backoff_grows_however_rare_the_calls() {
    let fixture = backing_off();
    fixture.trip();
    for expected in [10, 20, 40, 80] {
        assert_eq!(delay(&fixture), seconds(expected));
        fixture.advance(seconds(10 * 24 * 3_600));
        fixture.fail(1);
    }
}

#[test]
fn backoff_doubles_up_to_five_minutes_unless_set() {
    let fixture =
        Fixture::new(|builder| builder.trip(trip::failure_streak(1)).retry(retry::backoff(seconds(45))));
    fixture.trip();
    for expected in [45, 90, 180, 300, 300] {
        assert_eq!(delay(&fixture), seconds(expected));
        fixture.wait();
        fixture.fail(1);
    }
}

/// Regression: elsewhere the first success forgives everything, so a flapping service never backs off.
#[test]
fn a_flapping_service_keeps_its_backoff() {
    let fixture = backing_off();
    fixture.trip();
    let mut delays = vec![delay(&fixture)];
    for _ in 0..4 {
        fixture.wait();
        fixture.succeed(1);
        assert_eq!(fixture.state(), State::Closed);
        fixture.advance(millis(9_999));
        fixture.trip();
        delays.push(delay(&fixture));
    }
    assert_eq!(delays, [10, 20, 40, 80, 160].map(seconds));
    assert_eq!(fixture.breaker.snapshot().reopens, 4);
}

#[test]
fn a_service_that_held_is_forgiven() {
    let fixture = backing_off();
    fixture.trip();
    fixture.wait();
    fixture.fail(1);
    assert_eq!(delay(&fixture), seconds(20));
    fixture.wait();
    fixture.succeed(1);
    fixture.advance(millis(19_999));
    assert_eq!(fixture.breaker.snapshot().reopens, 1, "so far");
    fixture.advance(millis(1));
    assert_eq!(fixture.breaker.snapshot().reopens, 0, "it has stayed closed as long as it was open");
    fixture.trip();
    assert_eq!(delay(&fixture), seconds(10));
    assert_eq!(fixture.breaker.snapshot().reopens, 0);
}

/// "Sooner after closing than it had last been open", but at most the drawn pause: a night without calls
/// does not count against it.
#[test]
fn an_idle_night_does_not_count_against_it() {
    let night = seconds(8 * 3_600);
    let fixture = backing_off();
    fixture.trip();
    fixture.advance(night);
    fixture.succeed(1);
    fixture.advance(millis(9_999));
    fixture.trip();
    assert_eq!(delay(&fixture), seconds(20), "10 s had been drawn");
    fixture.advance(night);
    fixture.succeed(1);
    assert_eq!((fixture.state(), fixture.breaker.snapshot().reopens), (State::Closed, 1));
    fixture.advance(seconds(20));
    assert_eq!(fixture.breaker.snapshot().reopens, 0, "20 s had been drawn");
    fixture.trip();
    assert_eq!(delay(&fixture), seconds(10));
}

#[test]
fn a_trip_from_the_ramp_counts() {
    let fixture = Fixture::new(|builder| {
        builder.permit(fluxgate::permit::ramp_up(1.0, 1.0, seconds(60))).retry(retry::backoff(seconds(10)))
    });
    fixture.trip();
    fixture.wait();
    fixture.succeed(6);
    fixture.fail(10);
    assert_eq!(delay(&fixture), seconds(20));
}

#[test]
fn a_flap_after_the_ramp_counts_from_closing() {
    let fixture = Fixture::new(|builder| {
        builder.permit(fluxgate::permit::ramp_up(1.0, 1.0, seconds(60))).retry(retry::backoff(seconds(10)))
    });
    fixture.trip();
    fixture.wait();
    fixture.succeed(6);
    fixture.advance(seconds(60));
    fixture.succeed(1);
    assert_eq!(fixture.state(), State::Closed);
    fixture.advance(millis(9_999));
    fixture.trip();
    assert_eq!(delay(&fixture), seconds(20));
}

#[test]
fn reset_forgets_the_reopenings() {
    let fixture = backing_off();
    fixture.trip();
    fixture.wait();
    fixture.fail(1);
    fixture.breaker.reset();
    assert_eq!(fixture.breaker.snapshot().reopens, 0);
    fixture.trip();
    assert_eq!(delay(&fixture), seconds(10));
}

#[test]
fn reset_of_a_closed_breaker_forgets_the_reopenings() {
    let fixture = backing_off();
    fixture.trip();
    fixture.wait();
    fixture.succeed(1);
    fixture.breaker.reset();
    fixture.trip();
    assert_eq!(delay(&fixture), seconds(10));
}

#[test]
fn a_cooldown_does_not_grow() {
    let fixture = Fixture::new(|builder| builder.retry(retry::cooldown(seconds(30))));
    fixture.trip();
    for reopens in 0..5 {
        assert_eq!(fixture.breaker.snapshot().reopens, reopens);
        assert_eq!(delay(&fixture), seconds(30));
        fixture.wait();
        fixture.fail(5);
    }
}

/// Regression: a breaker that went from open to a commanded state, and from there to open again, began its backoff anew, although
/// it had not been closed in between.
#[test]
fn a_state_by_command_is_no_recovery() {
    let commands = [CircuitBreaker::metrics_only, CircuitBreaker::disable, CircuitBreaker::force_open];
    for command in commands {
        for is_half_open in [false, true] {
            let fixture = backing_off();
            fixture.trip();
            fixture.wait();
            fixture.fail(1);
            if is_half_open {
                fixture.wait();
                fixture.breaker.acquire().expect("a trial").ignore();
            }
            command(&fixture.breaker);
            assert_eq!(fixture.breaker.snapshot().reopens, 1);
            fixture.advance(seconds(3_600));
            fixture.breaker.trip();
            assert_eq!((fixture.breaker.snapshot().reopens, delay(&fixture)), (2, seconds(40)));
        }
    }
}

/// Regression: once it was no longer closed, a breaker again showed re-openings that had been forgiven.
#[test]
fn what_is_forgiven_stays_so_in_other_states() {
    let fixture = backing_off();
    fixture.trip();
    fixture.wait();
    fixture.fail(1);
    fixture.wait();
    fixture.succeed(1);
    fixture.advance(seconds(20));
    assert_eq!(fixture.breaker.snapshot().reopens, 0);
    fixture.breaker.metrics_only();
    assert_eq!(fixture.breaker.snapshot().reopens, 0);
    fixture.breaker.trip();
    assert_eq!((fixture.breaker.snapshot().reopens, delay(&fixture)), (0, seconds(10)));
}

/// Regression: of a pause that was replaced while the breaker was open, only the part after that counted.
#[test]
fn a_pause_that_was_replaced_counts_from_the_opening() {
    let replaced: [fn(&Fixture); 2] = [
        |fixture| fixture.breaker.open_for(seconds(1)),
        |fixture| {
            let retry = retry::backoff(seconds(10)).max(seconds(1_000));
            fixture.breaker.reconfigure(&Changes::new().retry(retry)).expect("valid");
        },
    ];
    for (replace, retry) in replaced.into_iter().zip([retry::backoff(seconds(10)), retry::never()]) {
        let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(1)).retry(retry));
        fixture.trip();
        fixture.advance(seconds(9));
        replace(&fixture);
        fixture.wait();
        fixture.advance(seconds(3_600));
        fixture.succeed(1);
        fixture.advance(millis(8_999));
        fixture.trip();
        assert_eq!(delay(&fixture), seconds(20), "it was open for 9 s or more");
    }
}
