//! An open breaker stays open across a restart for the rest of its pause by the wall clock, even if that clock was changed.

use std::sync::{LazyLock, Mutex};

use fluxgate::{Recovery, Saved, State, permit, retry, trip};
use fluxgate_tests::fixture::{Fixture, seconds};

fn fixture() -> Fixture {
    let retry = retry::backoff(seconds(10)).max(seconds(1_000));
    Fixture::new(|builder| builder.trip(trip::failure_streak(2)).retry(retry).permit(permit::all()))
}

fn saved(fixture: &Fixture) -> Saved {
    fixture.breaker.snapshot().saved().expect("it is open")
}

#[test]
fn an_open_breaker_is_open_for_the_rest_of_its_pause() {
    let before = fixture();
    before.trip();
    before.advance(seconds(4));
    let after = fixture();
    assert!(after.breaker.restore(&saved(&before)).unwrap());
    assert_eq!(after.state(), State::Open);
    let left = after.breaker.snapshot().retry_after.unwrap();
    assert!(left <= seconds(6) && left > seconds(1), "{left:?}");
    after.wait();
    after.succeed(2);
    assert_eq!(after.state(), State::Closed);
    let heard: Vec<_> = after.heard.all().iter().map(ToString::to_string).collect();
    assert_eq!(heard[0], "circuit breaker `fixture`: closed -> open (restored, as it was open before)");
}

#[test]
fn the_backoff_continues() {
    let before = fixture();
    before.trip();
    for _ in 0..2 {
        before.wait();
        before.fail(2);
    }
    assert_eq!(before.breaker.snapshot().reopens, 2);
    let after = fixture();
    after.breaker.restore(&saved(&before)).unwrap();
    assert_eq!(after.breaker.snapshot().reopens, 2);
    after.wait();
    after.fail(2);
    let snapshot = after.breaker.snapshot();
    assert_eq!((snapshot.reopens, snapshot.retry_after), (3, Some(seconds(80))));
}

/// Regression: only what was left of the pause had to pass before the re-openings were forgiven, and after a trial nothing.
#[test]
fn it_is_forgiven_as_late_as_without_a_restart() {
    let moments: [fn(&Fixture); 3] = [
        |_| (),
        |before| before.advance(seconds(19)),
        |before| {
            before.wait();
            before.succeed(1);
        },
    ];
    for moment in moments {
        for (closed_for, reopens) in [(19, 2), (21, 0)] {
            let before = fixture();
            before.trip();
            before.wait();
            before.fail(2);
            moment(&before);
            let [once, twice] = [(); 2].map(|()| fixture());
            once.breaker.restore(&saved(&before)).unwrap();
            once.advance(seconds(1));
            twice.breaker.restore(&saved(&once)).unwrap();
            twice.wait();
            twice.succeed(2);
            twice.advance(seconds(closed_for));
            twice.fail(2);
            assert_eq!(twice.breaker.snapshot().reopens, reopens);
        }
    }
}

#[test]
fn a_half_open_breaker_starts_its_trial_over() {
    let before = fixture();
    before.before_trial();
    before.succeed(1);
    let after = fixture();
    assert!(after.breaker.restore(&saved(&before)).unwrap());
    assert!(after.breaker.is_due());
    after.succeed(2);
    assert_eq!(after.state(), State::Closed);
}

/// Regression: every run began with a trial, and then refused most of its calls by a ramp that it was too short to complete.
#[test]
fn a_program_that_runs_only_for_a_moment_gets_its_traffic_back() {
    let ramp = || permit::ramp_up(0.1, 1.0, seconds(60));
    let run = || Fixture::new(|builder| builder.trip(trip::failure_streak(2)).permit(ramp()));
    let (first, second) = (run(), run());
    first.before_trial();
    second.breaker.restore(&saved(&first)).unwrap();
    second.succeed(2);
    assert!(matches!(second.breaker.snapshot().recovery, Some(Recovery::Ramp { .. })));
    assert_eq!(second.breaker.snapshot().saved(), None, "the next run is closed");
}

/// Regression: a nightly job was refused by a ramp that began with the job, though the pause had been over for hours.
#[cfg(feature = "serde")]
#[test]
fn a_ramp_begins_when_the_pause_ended() {
    let ramp = || {
        let configure = |builder: fluxgate::Builder| builder.permit(permit::ramp_up(1.0, 1.0, seconds(60)));
        Fixture::new(|builder| configure(builder.trip(trip::failure_streak(2))))
    };
    let in_trial = |before: &Fixture| {
        before.wait();
        before.succeed(1);
        before.advance(seconds(10));
    };
    // The pause ended before the program did, or while it did not run.
    let moments: [fn(&Fixture); 3] = [|before| before.advance(seconds(70)), |_| (), in_trial];
    for (moment, down) in moments.into_iter().zip([0, 70, 0]) {
        for (more, ends_in) in [(0, Some(50)), (49, Some(1)), (51, None)] {
            let (before, after) = (ramp(), ramp());
            before.trip();
            moment(&before);
            after.breaker.restore(&older(saved(&before), (down + more) * 1_000)).unwrap();
            after.succeed(2);
            let left = match after.breaker.snapshot().recovery {
                Some(Recovery::Ramp { ends_in, .. }) => Some(ends_in.as_secs_f64().round() as i64),
                _ => None,
            };
            assert_eq!(left, ends_in, "{down} {more}");
            assert_eq!(after.state(), if ends_in.is_some() { State::HalfOpen } else { State::Closed });
        }
    }
}

#[test]
fn an_endless_pause_stays_endless() {
    let endless = || Fixture::new(|builder| builder.trip(trip::failure_streak(1)).retry(retry::never()));
    let (before, after) = (endless(), endless());
    before.trip();
    after.breaker.restore(&saved(&before)).unwrap();
    assert_eq!((after.state(), after.breaker.snapshot().retry_after), (State::Open, None));
}

/// Regression: it stayed open forever, whatever its retry was now.
#[test]
fn an_endless_pause_is_over_for_a_breaker_that_retries() {
    let before = Fixture::new(|builder| builder.trip(trip::failure_streak(1)).retry(retry::never()));
    before.trip();
    let after = fixture();
    assert!(after.breaker.restore(&saved(&before)).unwrap());
    assert!(after.breaker.is_due());
    after.succeed(2);
    assert_eq!(after.state(), State::Closed);
}

/// Regression: it was restored as open forever, although the function then returned ten seconds.
#[test]
fn a_breaker_saved_while_its_retry_is_asked_is_due_at_once() {
    static SAVED: Mutex<Option<Saved>> = Mutex::new(None);
    static ASKED: LazyLock<Fixture> = LazyLock::new(|| {
        Fixture::new(|builder| {
            builder.trip(trip::failure_streak(1)).retry(retry::custom(|_| {
                *SAVED.lock().unwrap() = ASKED.breaker.snapshot().saved();
                seconds(10)
            }))
        })
    });

    let restored = || {
        let after = fixture();
        assert!(after.breaker.restore(&SAVED.lock().unwrap().take().unwrap()).unwrap());
        after
    };
    ASKED.trip();
    // Also for a breaker that would keep an endless pause.
    let never = Fixture::new(|builder| builder.trip(trip::failure_streak(1)).retry(retry::never()));
    assert!(never.breaker.restore(SAVED.lock().unwrap().as_ref().unwrap()).unwrap());
    assert!(never.breaker.is_due());
    let after = restored();
    assert!(after.breaker.is_due());
    after.succeed(2);
    assert_eq!(after.state(), State::Closed);
    // Once the function has returned, its pause is saved.
    *SAVED.lock().unwrap() = Some(saved(&ASKED));
    assert!(!restored().breaker.is_due());
}

#[test]
fn only_open_breakers_are_saved_and_only_closed_ones_restored() {
    let before = fixture();
    assert_eq!(before.breaker.snapshot().saved(), None);
    before.trip();
    let saved = saved(&before);
    before.breaker.force_open();
    assert_eq!(before.breaker.snapshot().saved(), None);
    assert!(!before.breaker.restore(&saved).unwrap());
    assert_eq!(before.state(), State::ForcedOpen);
    before.breaker.reset();
    before.breaker.open_for(seconds(1));
    assert!(!before.breaker.restore(&saved).unwrap());
    assert_eq!(before.breaker.snapshot().retry_after, Some(seconds(1)));
}

#[test]
fn the_saved_state_of_another_breaker_is_refused() {
    let before = fixture();
    before.trip();
    let other = fluxgate::CircuitBreaker::builder("other").build().unwrap();
    assert_eq!(
        other.restore(&saved(&before)).unwrap_err().to_string(),
        "this was saved from the circuit breaker `fixture`, and cannot restore `other`; \
         `fluxgate::find` finds a breaker by its name, once it has been used"
    );
    assert_eq!(other.state(), State::Closed);
}

/// The same, saved this many milliseconds earlier by the wall clock.
#[cfg(feature = "serde")]
fn older(saved: Saved, milliseconds: i64) -> Saved {
    let mut form = serde_json::to_value(saved).unwrap();
    form["at"] = (form["at"].as_i64().unwrap() - milliseconds).into();
    serde_json::from_value(form).unwrap()
}

/// How long a breaker saved with ten seconds left stays open, if the wall clock has since moved by this many milliseconds.
#[cfg(feature = "serde")]
fn left_after(milliseconds: i64) -> std::time::Duration {
    let (before, after) = (fixture(), fixture());
    before.trip();
    after.breaker.restore(&older(saved(&before), milliseconds)).unwrap();
    assert_eq!(after.state(), State::Open);
    after.breaker.snapshot().retry_after.unwrap()
}

#[cfg(feature = "serde")]
#[test]
fn a_wall_clock_that_moved_makes_no_pause_longer() {
    const YEARS: i64 = 30 * 365 * 24 * 3_600 * 1_000;
    let left = left_after(3_000);
    assert!(left <= seconds(7) && left > seconds(1), "{left:?}");
    assert_eq!(left_after(10_000), seconds(0));
    assert_eq!(left_after(YEARS), seconds(0));
    assert_eq!(left_after(-3_600_000), seconds(10), "it went back by an hour");
    assert_eq!(left_after(-YEARS), seconds(10));
}
