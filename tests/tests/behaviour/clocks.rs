//! A custom clock may do anything. A breaker's own time only moves forward, so nothing the clock does is harmful.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fluxgate::{
    Changes, CircuitBreaker, Clock, Interests, Listener, OnCancel, Outcome, State, Transition, permit, retry,
    trip, window,
};
use fluxgate_tests::fixture::{Heard, seconds};

const HOUR: u64 = 3_600;

/// A clock that can be set to any second, and may panic.
#[derive(Clone)]
struct Faulty {
    seconds: Arc<AtomicU64>,
    panics: Arc<AtomicBool>,
}

impl Faulty {
    fn new() -> Self {
        Self { seconds: Arc::new(AtomicU64::new(10 * HOUR)), panics: Arc::default() }
    }

    fn set(&self, seconds: u64) {
        self.seconds.store(seconds, Ordering::SeqCst);
    }

    fn get(&self) -> u64 {
        self.seconds.load(Ordering::SeqCst)
    }
}

impl Clock for Faulty {
    fn now(&self) -> Duration {
        if self.panics.load(Ordering::SeqCst) {
            resume_unwind(Box::new("contained"));
        }
        Duration::from_secs(self.get())
    }
}

/// What may go wrong with a clock while the breaker reads it.
type Fault = (&'static str, fn(&Faulty, &dyn Fn()));

const FAULTS: [Fault; 9] = [
    ("none", |_, look| look()),
    ("jumps ahead and back", |clock, look| {
        let before = clock.get();
        clock.set(before + HOUR);
        look();
        clock.set(before);
        look();
    }),
    ("jumps ahead and back between two readings", |clock, look| {
        let before = clock.get();
        clock.set(before + HOUR);
        clock.set(before);
        look();
    }),
    ("goes back an hour", |clock, look| {
        clock.set(clock.get() - HOUR);
        look();
    }),
    ("starts over at zero", |clock, look| {
        clock.set(0);
        look();
    }),
    ("jumps to its end and back", |clock, look| {
        let before = clock.get();
        clock.set(u64::MAX);
        look();
        clock.set(before);
        look();
    }),
    ("swings", |clock, look| {
        let before = clock.get();
        for _ in 0..1_000 {
            clock.set(before + HOUR);
            look();
            clock.set(before - HOUR);
            look();
        }
    }),
    ("panics", |clock, look| {
        clock.panics.store(true, Ordering::SeqCst);
        (0..10).for_each(|_| look());
        clock.panics.store(false, Ordering::SeqCst);
    }),
    ("panics, then starts over at zero", |clock, look| {
        clock.panics.store(true, Ordering::SeqCst);
        look();
        clock.panics.store(false, Ordering::SeqCst);
        clock.set(0);
        look();
    }),
];

fn breaker(clock: &Faulty) -> CircuitBreaker {
    CircuitBreaker::builder("a faulty clock")
        .window(window::time(seconds(10)))
        .trip(trip::min(2) & (trip::failure_rate(1.0) | trip::slow_rate(1.0, seconds(5))))
        .retry(retry::cooldown(seconds(60)))
        .permit(permit::ramp_up(1.0, 1.0, seconds(30)))
        .half_open_timeout(seconds(60))
        .clock(clock.clone())
        .build()
        .expect("valid")
}

fn finish(breaker: &CircuitBreaker, outcome: Outcome) {
    if let Ok(call) = breaker.acquire() {
        call.record(outcome);
    }
}

/// Advances the clock while calls succeed, and returns after how many seconds the breaker was closed.
fn recover(breaker: &CircuitBreaker, clock: &Faulty) -> u64 {
    for passed in 0..1_000 {
        finish(breaker, Outcome::Success);
        if breaker.state() == State::Closed {
            return passed;
        }
        clock.set(clock.get() + 1);
    }
    panic!("it never recovers: {breaker:?}");
}

#[test]
fn an_open_breaker_tries_again_in_time() {
    for (name, fault) in FAULTS {
        let clock = Faulty::new();
        let breaker = breaker(&clock);
        finish(&breaker, Outcome::Failure);
        finish(&breaker, Outcome::Failure);
        assert_eq!(breaker.state(), State::Open);
        fault(&clock, &|| {
            let left = breaker.snapshot().retry_after;
            assert!(left.is_some_and(|left| left <= seconds(60)), "{name}: {left:?}");
        });
        let passed = recover(&breaker, &clock);
        assert!(passed <= 60 + 30 + 2, "{name}: {passed} s");
    }
}

#[test]
fn a_breaker_opens_and_recovers_whatever_the_clock_does_meanwhile() {
    for (name, fault) in FAULTS {
        let clock = Faulty::new();
        let breaker = breaker(&clock);
        // One failure before the fault, more during it, and more after it.
        finish(&breaker, Outcome::Failure);
        fault(&clock, &|| finish(&breaker, Outcome::Failure));
        while breaker.state() == State::Closed {
            finish(&breaker, Outcome::Failure);
        }
        let passed = recover(&breaker, &clock);
        assert!(passed <= 60 + 30 + 2, "{name}: {passed} s");
    }
}

/// Regression: a breaker that opened while its clock panicked took the time to be zero.
#[test]
fn a_clock_that_panics_while_the_breaker_opens_leaves_the_pause_intact() {
    let clock = Faulty::new();
    let breaker = CircuitBreaker::builder("panics")
        .trip(trip::failure_streak(2))
        .permit(permit::all())
        .clock(clock.clone())
        .build()
        .expect("valid");
    finish(&breaker, Outcome::Failure);
    clock.panics.store(true, Ordering::SeqCst);
    finish(&breaker, Outcome::Failure);
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.snapshot().retry_after, Some(seconds(60)));
    clock.panics.store(false, Ordering::SeqCst);
    assert_eq!(breaker.snapshot().retry_after, Some(seconds(60)));
    clock.set(clock.get() + 59);
    assert!(breaker.acquire().is_err());
    clock.set(clock.get() + 1);
    breaker.acquire().expect("due").ignore();
}

#[test]
fn a_trial_or_a_ramp_ends_whatever_the_clock_does() {
    for (name, fault) in FAULTS {
        for outcomes in [0, 1, 2] {
            let clock = Faulty::new();
            let breaker = breaker(&clock);
            finish(&breaker, Outcome::Failure);
            finish(&breaker, Outcome::Failure);
            clock.set(clock.get() + 60);
            // In the trial, or already in the ramp.
            (0..=outcomes).for_each(|_| finish(&breaker, Outcome::Success));
            assert_eq!(breaker.state(), State::HalfOpen);
            fault(&clock, &|| finish(&breaker, Outcome::Success));
            let passed = recover(&breaker, &clock);
            assert!(passed <= 30 + 60 + 2, "{name}: {passed} s");
        }
    }
}

#[test]
fn a_time_window_evicts_whatever_the_clock_does() {
    for (name, fault) in FAULTS {
        let clock = Faulty::new();
        let breaker = breaker(&clock);
        finish(&breaker, Outcome::Failure);
        finish(&breaker, Outcome::Success);
        fault(&clock, &|| assert!(breaker.metrics().total() <= 2));
        clock.set(clock.get() + 11);
        assert_eq!(breaker.metrics().total(), 0, "{name}");
        finish(&breaker, Outcome::Failure);
        assert_eq!(breaker.metrics().total(), 1, "{name}");
    }
}

#[test]
fn a_call_takes_no_longer_than_the_clock_advanced() {
    for (name, fault) in FAULTS {
        let clock = Faulty::new();
        let breaker = breaker(&clock);
        // What came before does not matter.
        fault(&clock, &|| {
            let _ = breaker.metrics();
        });
        for _ in 0..2 {
            let call = breaker.acquire().expect("closed");
            clock.set(clock.get() + 4);
            call.success();
        }
        assert_eq!(breaker.metrics().slow(seconds(5)), Some(0), "{name}");
        let call = breaker.acquire().expect("closed");
        clock.set(clock.get().saturating_sub(10));
        call.success();
        assert_eq!(breaker.metrics().slow(seconds(5)), Some(0), "{name}");
        let call = breaker.acquire().expect("closed");
        clock.set(clock.get() + 5);
        call.success();
        assert_eq!(breaker.metrics().slow(seconds(5)), Some(1), "{name}");
    }
}

/// Readings that overtake each other are not steps back: as much time passes as the clock says. All readings of this test together take
/// less than the millisecond that a step back must span, so it does not matter how long a thread stalls before it reports its own.
#[test]
fn threads_sharing_a_clock_do_not_speed_up_time() {
    const TICK: Duration = Duration::from_nanos(40);

    #[derive(Clone, Default)]
    struct Ticking(Arc<AtomicU64>);

    impl Clock for Ticking {
        fn now(&self) -> Duration {
            TICK * u32::try_from(self.0.fetch_add(1, Ordering::SeqCst)).expect("few readings")
        }
    }

    let clock = Ticking::default();
    let breaker = CircuitBreaker::builder("ticking").clock(clock.clone()).build().expect("valid");
    breaker.force_open();
    let began = clock.now();
    fluxgate_tests::fixture::together(4, |_| {
        (0..5_000).for_each(|_| {
            let _ = breaker.metrics();
        });
    });
    let passed = breaker.snapshot().since;
    let went_on = clock.now().saturating_sub(began);
    assert!(passed <= went_on, "{passed:?} of {went_on:?}");
    assert!(passed + TICK * 2 >= went_on, "{passed:?} of {went_on:?}");
}

/// A breaker on the clock of the process, which it reads only if it needs to, and the time that this shows.
fn on_the_clock_of_the_process(rule: trip::Rule) -> (CircuitBreaker, Heard, Duration) {
    let heard = Heard::default();
    let builder = CircuitBreaker::builder("undated").trip(rule).window(window::count(10));
    let breaker =
        builder.retry(retry::cooldown(seconds(60))).listener(heard.listener()).build().expect("valid");
    breaker.trip();
    breaker.reset();
    let now = heard.last().at;
    (breaker, heard, now)
}

/// Regression: a call from before the time of its end mattered opened the breaker at time zero, so its pause was over at once.
#[test]
fn calls_from_before_the_time_mattered_open_the_breaker_in_time() {
    struct Attentive;

    impl Listener for Attentive {
        fn on_transition(&self, _: &Transition) {}

        fn interests(&self) -> Interests {
            Interests::transitions().calls()
        }
    }

    type Begin = fn(&CircuitBreaker);
    let ways: [(&str, Begin); 4] = [
        ("nothing", |_| ()),
        ("counted", CircuitBreaker::count_calls),
        ("heard", |breaker| breaker.listen(Attentive)),
        ("timed", |breaker| {
            let changes = Changes::new().on_cancel(OnCancel::FailureAfter(seconds(1)));
            breaker.reconfigure(&changes).expect("valid");
        }),
    ];
    for (name, begin) in ways {
        for rule in [trip::failure_streak(1), trip::failure_streak(1) | trip::in_flight(9)] {
            let (breaker, heard, before) = on_the_clock_of_the_process(rule.clone());
            let call = breaker.acquire().expect("closed");
            begin(&breaker);
            call.failure();
            let (opened, left) = (heard.last(), breaker.snapshot().retry_after);
            assert_eq!(opened.to, State::Open);
            assert!(opened.at >= before && left > Some(seconds(50)), "{name}: {:?}, {left:?}", opened.at);

            let (breaker, heard, before) = on_the_clock_of_the_process(rule);
            breaker.metrics_only();
            let call = breaker.acquire().expect("never refused");
            begin(&breaker);
            call.failure();
            let crossed = heard.last();
            assert_eq!((crossed.from, crossed.to), (State::MetricsOnly, State::MetricsOnly), "{name}");
            assert!(crossed.at >= before, "{name}: {:?}", crossed.at);
        }
    }
}
