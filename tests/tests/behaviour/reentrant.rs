//! User functions (conditions, delays, permits) may use the breaker that calls them: they are called without the lock.

use std::cell::Cell;
use std::time::Duration;

use fluxgate::testing::{Isolation, isolate};
use fluxgate::{Call, CircuitBreaker, Metrics, Saved, State, breaker};
use fluxgate_tests::fixture::{self, Heard, seconds};

type Action = fn();

thread_local! {
    static CONDITION: Cell<Option<Action>> = const { Cell::new(None) };
    static DELAY: Cell<Option<Action>> = const { Cell::new(None) };
    static PERMIT: Cell<Option<Action>> = const { Cell::new(None) };
}

/// Runs the action once: it may cause the function to be called again.
fn act(action: &'static std::thread::LocalKey<Cell<Option<Action>>>) {
    if let Some(action) = action.take() {
        action();
    }
}

fn condition(metrics: &Metrics) -> bool {
    act(&CONDITION);
    metrics.failures() >= 3
}

fn delay(_reopens: u32) -> Duration {
    act(&DELAY);
    seconds(10)
}

fn admits(_in_half_open: Duration) -> bool {
    act(&PERMIT);
    true
}

static ASKING: CircuitBreaker = breaker!(
    trip = min(3) & custom(condition),
    retry = custom(delay),
    permit = custom(admits),
    max_half_open_calls = 3
);

const PLACES: [&std::thread::LocalKey<Cell<Option<Action>>>; 3] = [&CONDITION, &DELAY, &PERMIT];

fn fail() {
    let _ = ASKING.acquire().map(Call::failure);
}

/// Closed and one failure before the trip, or half-open and one failure before the verdict.
fn before(half_open: bool) -> Isolation {
    let clock = isolate();
    if half_open {
        (0..3).for_each(|_| fail());
        clock.advance(seconds(10));
        fail();
    } else {
        fail();
    }
    fail();
    clock
}

/// Asserts that nothing is stuck: it trips, waits and closes as usual.
#[track_caller]
fn goes_on(clock: &Isolation) {
    ASKING.reset();
    (0..3).for_each(|_| fail());
    assert_eq!(ASKING.state(), State::Open);
    clock.advance(seconds(10));
    for _ in 0..3 {
        ASKING.acquire().expect("a probe").success();
    }
    assert_eq!(ASKING.state(), State::Closed);
}

#[test]
fn a_command_from_within_is_carried_out() {
    let commands: [(Action, State); 4] = [
        (|| ASKING.reset(), State::Closed),
        (|| ASKING.force_open(), State::ForcedOpen),
        (|| ASKING.disable(), State::Disabled),
        (|| ASKING.metrics_only(), State::MetricsOnly),
    ];
    for half_open in [false, true] {
        for (place, asked) in PLACES.into_iter().enumerate() {
            if place == 2 && !half_open {
                continue;
            }
            for (command, state) in commands {
                let clock = before(half_open);
                asked.set(Some(command));
                fail();
                assert!(asked.take().is_none(), "it was asked");
                assert_eq!(ASKING.state(), state, "half-open: {half_open}, place {place}");
                goes_on(&clock);
            }
        }
    }
}

#[test]
fn reading_and_calling_from_within_changes_no_verdict() {
    let _alone = fixture::alone();
    let harmless: [Action; 4] = [
        || drop((ASKING.snapshot(), ASKING.metrics(), ASKING.state())),
        || drop(ASKING.acquire()),
        || ASKING.listen(|_: &fluxgate::Transition| {}),
        // Inspecting the breakers of other tests would isolate them, and make their threads panic.
        || {
            let own = fluxgate::breakers().filter(|breaker| breaker.name() == ASKING.name());
            own.for_each(|breaker| drop(breaker.snapshot()));
        },
    ];
    for half_open in [false, true] {
        for asked in PLACES {
            for action in harmless {
                let clock = before(half_open);
                asked.set(Some(action));
                fail();
                asked.take();
                assert_eq!(ASKING.state(), State::Open);
                assert_eq!(ASKING.metrics().failures(), 3);
                goes_on(&clock);
            }
        }
    }
}

/// Regression: millions of calls reached a dead service while the user's function computed the delay.
#[test]
fn it_is_open_before_the_delay_is_computed() {
    thread_local! {
        static SEEN: Cell<Option<(State, State, Option<Duration>)>> = const { Cell::new(None) };
    }
    for half_open in [false, true] {
        let _clock = before(half_open);
        let heard = Heard::default();
        ASKING.listen(heard.listener());
        // A trial could not use another call.
        let straggler = (!half_open).then(|| ASKING.acquire().expect("closed"));
        DELAY.set(Some(|| {
            let refusal = ASKING.acquire().map(Call::ignore).expect_err("a call is refused meanwhile");
            SEEN.set(Some((ASKING.state(), refusal.state(), refusal.retry_after())));
        }));
        fail();
        assert_eq!(SEEN.take(), Some((State::Open, State::Open, None)), "half-open before: {half_open}");
        let snapshot = ASKING.snapshot();
        assert_eq!((snapshot.state, snapshot.metrics.total(), snapshot.rejected), (State::Open, 3, 1));
        assert_eq!(snapshot.retry_after, Some(seconds(10)));
        // Listeners are called once the delay is known.
        assert_eq!(heard.last().retry_after, Some(seconds(10)));
        straggler.into_iter().for_each(Call::failure);
        assert_eq!(ASKING.snapshot().late, u64::from(!half_open));
    }
}

/// Regression: the function's answer replaced a later command.
#[test]
fn a_pause_commanded_from_within_the_delay_wins() {
    let clock = before(false);
    DELAY.set(Some(|| ASKING.open_for(seconds(100))));
    fail();
    assert_eq!((ASKING.state(), ASKING.snapshot().retry_after), (State::Open, Some(seconds(100))));
    clock.advance(seconds(99));
    assert!(ASKING.acquire().is_err());
    clock.advance(seconds(1));
    assert!(ASKING.is_due());
}

#[test]
fn a_pause_commanded_from_within_the_delay_is_saved() {
    thread_local! {
        static SAVED: Cell<Option<Saved>> = const { Cell::new(None) };
    }
    let clock = before(false);
    DELAY.set(Some(|| {
        ASKING.open_for(seconds(100));
        SAVED.set(ASKING.snapshot().saved());
    }));
    fail();
    drop(clock);
    let _after_a_restart = isolate();
    assert!(ASKING.restore(&SAVED.take().expect("it is open")).expect("the same breaker"));
    // By the wall clock, a moment has passed.
    assert!(ASKING.snapshot().retry_after.is_some_and(|left| left > seconds(50)));
}

/// Listeners hear of an opening once its delay is known, which here is that of the last opening first.
#[test]
fn each_opening_is_heard_with_the_delay_that_was_computed_for_it() {
    static AGAIN: CircuitBreaker = breaker!(trip = failure_streak(1), retry = custom(again));
    thread_local! {
        static ASKED: Cell<u64> = const { Cell::new(0) };
    }
    fn again(_reopens: u32) -> Duration {
        let times = ASKED.get() + 1;
        ASKED.set(times);
        if times < 3 {
            AGAIN.reset();
            AGAIN.trip();
        }
        seconds(times)
    }
    let _clock = isolate();
    let heard = Heard::default();
    AGAIN.listen(heard.listener());
    AGAIN.trip();
    let openings = heard.all().into_iter().filter(|transition| transition.to == State::Open);
    let pauses: Vec<_> = openings.map(|transition| transition.retry_after).collect();
    assert_eq!(pauses, [1, 2, 3].map(|pause| Some(seconds(pause))));
}

#[test]
fn a_command_from_within_the_delay_is_heard_after_the_trip() {
    let _clock = before(false);
    let heard = Heard::default();
    ASKING.listen(heard.listener());
    DELAY.set(Some(|| ASKING.force_open()));
    fail();
    assert_eq!(heard.steps(), [(State::Closed, State::Open), (State::Open, State::ForcedOpen)]);
}
