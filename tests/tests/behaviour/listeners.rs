//! Listeners hear transitions outside any lock, in order, exactly once, one at a time.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex, OnceLock, Weak};

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Listener, Reason, State, Transition, permit, trip, window};
use fluxgate_tests::fixture::{self, Fixture, Heard, seconds, together};

#[test]
fn hear_each_transition_with_its_reason() {
    use State::{Closed, Disabled, HalfOpen, Open};

    let fixture = Fixture::new(|builder| builder);
    fixture.trip();
    fixture.wait();
    fixture.fail(5);
    fixture.wait();
    fixture.succeed(6);
    fixture.breaker.disable();
    fixture.breaker.reset();
    assert_eq!(
        fixture.heard.steps(),
        [
            (Closed, Open),
            (Open, HalfOpen),
            (HalfOpen, Open),
            (Open, HalfOpen),
            (HalfOpen, Closed),
            (Closed, Disabled),
            (Disabled, Closed)
        ]
    );
    assert!(matches!(
        fixture.heard.reasons()[..],
        [
            Reason::Tripped(_),
            Reason::RetryDue,
            Reason::Tripped(_),
            Reason::RetryDue,
            Reason::TrialPassed,
            Reason::Disable,
            Reason::Reset
        ]
    ));
}

#[test]
fn receive_the_breaker_the_evidence_and_the_pause() {
    let fixture = Fixture::new(|builder| builder);
    fixture.succeed(4);
    fixture.fail(6);
    let transition = fixture.heard.last();
    assert_eq!(transition.breaker, "fixture");
    assert_eq!((transition.metrics.total(), transition.metrics.failures()), (10, 6));
    assert_eq!(transition.retry_after, Some(seconds(60)));
}

#[test]
fn a_transition_prints_as_a_log_line() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    fixture.breaker.metrics_only();
    fixture.fail(3);
    fixture.breaker.reset();
    fixture.fail(3);
    let lines: Vec<String> = fixture.heard.all().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "circuit breaker `fixture`: closed -> metrics-only (metrics only by command)",
            "circuit breaker `fixture` would have opened (3 failed in a row (3 >= 3))",
            "circuit breaker `fixture`: metrics-only -> closed (reset by command)",
            "circuit breaker `fixture`: closed -> open (3 failed in a row (3 >= 3))",
        ]
    );
}

#[test]
fn the_reason_says_which_condition_held_with_its_figures() {
    let fixture = Fixture::with_rule(
        (trip::min(10) & trip::failure_rate(0.6)) | trip::failure_streak(5) | trip::failures(9),
    );
    fixture.succeed(4);
    fixture.fail(5);
    assert_eq!(fixture.heard.last().reason.to_string(), "5 failed in a row (5 >= 5)");
}

/// Regression: elsewhere events are published before the state changes.
#[test]
fn hear_of_a_transition_after_the_state_has_changed() {
    let breaker: Arc<OnceLock<Weak<CircuitBreaker>>> = Arc::default();
    let seen: Arc<Mutex<Vec<(State, State)>>> = Arc::default();
    let listener = {
        let (breaker, seen) = (breaker.clone(), seen.clone());
        move |transition: &Transition| {
            let breaker = breaker.get().and_then(Weak::upgrade).expect("it is alive");
            seen.lock().expect("not poisoned").push((transition.to, breaker.state()));
        }
    };
    let built = CircuitBreaker::builder("after").trip(trip::failure_streak(1)).listener(listener).build();
    let built = Arc::new(built.expect("valid"));
    breaker.set(Arc::downgrade(&built)).expect("once");
    built.acquire().expect("closed").failure();
    built.reset();
    built.force_open();
    assert_eq!(
        *seen.lock().expect("not poisoned"),
        [(State::Open, State::Open), (State::Closed, State::Closed), (State::ForcedOpen, State::ForcedOpen)]
    );
}

/// Regression: elsewhere listeners are called under the lock, so calling back deadlocks.
#[test]
fn may_call_back_into_the_breaker() {
    let breaker: Arc<OnceLock<Weak<CircuitBreaker>>> = Arc::default();
    let heard = Heard::default();
    let within = Arc::new(AtomicBool::new(false));
    let listener = {
        let (breaker, heard, within) = (breaker.clone(), heard.clone(), within.clone());
        move |transition: &Transition| {
            assert!(!within.swap(true, Ordering::SeqCst), "one at a time");
            let breaker = breaker.get().and_then(Weak::upgrade).expect("it is alive");
            breaker.snapshot();
            breaker.metrics();
            match (transition.from, transition.to) {
                (State::Closed, State::Open) => breaker.force_open(),
                (_, State::ForcedOpen) => breaker.reset(),
                (_, State::Closed) => {
                    assert!(breaker.call(|| Ok::<_, ()>(())).is_ok());
                    breaker.listen(|_: &Transition| {});
                }
                _ => {}
            }
            heard.push(transition.clone());
            within.store(false, Ordering::SeqCst);
        }
    };
    let built = CircuitBreaker::builder("again").trip(trip::failure_streak(1)).listener(listener).build();
    let built = Arc::new(built.expect("valid"));
    breaker.set(Arc::downgrade(&built)).expect("once");
    built.acquire().expect("closed").failure();
    assert_eq!(
        heard.steps(),
        [(State::Closed, State::Open), (State::Open, State::ForcedOpen), (State::ForcedOpen, State::Closed)]
    );
    assert_eq!(built.state(), State::Closed);
}

#[test]
fn every_listener_hears_everything_in_the_same_order() {
    let others = [Heard::default(), Heard::default(), Heard::default()];
    let fixture = Fixture::new(|builder| {
        others.iter().fold(builder, |builder, heard| builder.listener(heard.listener()))
    });
    for _ in 0..20 {
        fixture.trip();
        fixture.wait();
        fixture.succeed(6);
    }
    assert_eq!(fixture.heard.steps().len(), 60);
    for other in &others {
        assert_eq!(other.steps(), fixture.heard.steps());
    }
}

#[test]
fn can_be_added_later() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    let later = Heard::default();
    fixture.breaker.listen(later.listener());
    fixture.breaker.reset();
    assert_eq!(later.steps(), [(State::ForcedOpen, State::Closed)]);
    assert_eq!(fixture.heard.steps().len(), 2);
}

#[test]
fn can_hear_every_breaker() {
    let heard = Heard::default();
    let all = heard.listener();
    fluxgate::listen(move |transition: &Transition| {
        if transition.breaker.starts_with("heard by all") {
            all(transition);
        }
    });
    let clock = ManualClock::new();
    let breakers = ["heard by all 1", "heard by all 2"]
        .map(|name| CircuitBreaker::builder(name).clock(clock.clone()).build().expect("valid"));
    breakers.iter().for_each(CircuitBreaker::force_open);
    let names: Vec<String> = heard.all().iter().map(|transition| transition.breaker.to_string()).collect();
    assert_eq!(names, ["heard by all 1", "heard by all 2"]);
}

#[test]
fn can_be_a_custom_type() {
    struct Counter(Arc<AtomicU32>);
    impl Listener for Counter {
        fn on_transition(&self, _: &Transition) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let count = Arc::new(AtomicU32::new(0));
    let fixture = Fixture::new(|builder| builder.listener(Counter(count.clone())));
    fixture.breaker.disable();
    fixture.breaker.reset();
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

/// Regression: elsewhere a slow listener delays all calls.
#[test]
fn a_slow_one_holds_up_nobody_else() {
    let (entered, done) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let first = AtomicBool::new(true);
    let fixture = Fixture::new(|builder| {
        let (entered, done) = (entered.clone(), done.clone());
        builder.trip(trip::failure_streak(1)).listener(move |_: &Transition| {
            if first.swap(false, Ordering::Relaxed) {
                entered.wait();
                done.wait();
            }
        })
    });
    std::thread::scope(|scope| {
        scope.spawn(|| fixture.fail(1));
        entered.wait();
        // Everything a breaker does, while the listener is still busy with its first transition.
        assert_eq!(fixture.refusal().state(), State::Open);
        fixture.wait();
        fixture.succeed(1);
        fixture.fail(1);
        fixture.breaker.force_open();
        fixture.breaker.reset();
        assert_eq!((fixture.state(), fixture.counts()), (State::Closed, (0, 0)));
        done.wait();
    });
    let steps = fixture.heard.steps();
    assert_eq!(steps.len(), 6, "{steps:?}");
    assert!(steps.windows(2).all(|pair| pair[0].1 == pair[1].0), "{steps:?}");
}

/// The new listeners hear what happens from then on.
#[test]
fn may_add_listeners() {
    let breaker: Arc<OnceLock<Weak<CircuitBreaker>>> = Arc::default();
    let later = Heard::default();
    let built = {
        let (breaker, later) = (breaker.clone(), later.clone());
        CircuitBreaker::builder("listeners: adding")
            .listener(move |transition: &Transition| {
                if transition.to == State::ForcedOpen {
                    let breaker = breaker.get().and_then(Weak::upgrade).expect("it is alive");
                    breaker.listen(later.listener());
                    let here = breaker.name().to_owned();
                    let everywhere = later.clone();
                    fluxgate::listen(move |transition: &Transition| {
                        if transition.breaker == here.as_str() {
                            everywhere.push(transition.clone());
                        }
                    });
                }
            })
            .build()
            .expect("valid")
    };
    let built = Arc::new(built);
    breaker.set(Arc::downgrade(&built)).expect("set once");
    built.force_open();
    built.reset();
    assert_eq!(later.steps(), [(State::ForcedOpen, State::Closed); 2]);
}

/// The last handle of a breaker may be dropped while its listeners are called.
#[test]
fn may_drop_the_breaker() {
    let _alone = fixture::alone();
    let own: Arc<Mutex<Option<CircuitBreaker>>> = Arc::default();
    let heard = Heard::default();
    let breaker = {
        let own = own.clone();
        CircuitBreaker::builder("listeners: dropping")
            .listener(move |_: &Transition| drop(own.lock().expect("not poisoned").take()))
            .listener(heard.listener())
            .build()
            .expect("valid")
    };
    let found = fluxgate::find("listeners: dropping").expect("registered");
    *own.lock().expect("not poisoned") = Some(breaker);
    found.force_open();
    drop(found);
    assert_eq!(heard.steps(), [(State::Closed, State::ForcedOpen)]);
    assert!(fluxgate::find("listeners: dropping").is_none());
}

/// Regression: elsewhere events come out of order.
#[test]
fn hear_in_order_from_many_threads() {
    let rule = trip::failure_streak(1);
    let fixture = Fixture::new(|builder| {
        builder.window(window::count(1)).trip(rule).permit(permit::all()).retry(fluxgate::retry::always())
    });
    together(4, |thread| {
        let breaker = &fixture.breaker;
        for nth in 0..2_000 {
            match (nth + thread) % 7 {
                0 => breaker.force_open(),
                1 => breaker.reset(),
                _ => {
                    if let Ok(call) = breaker.acquire() {
                        if nth % 2 == 0 { call.failure() } else { call.success() }
                    }
                }
            }
        }
    });
    let heard = fixture.heard.all();
    assert!(heard.len() > 100);
    assert!(heard[0].from == State::Closed || heard[0].missed > 0);
    for pair in heard.windows(2) {
        assert!(pair[0].generation < pair[1].generation);
        // Unless so many waited that some were dropped, which `missed` says.
        let follows = pair[0].to == pair[1].from || pair[1].missed > 0;
        assert!(follows, "each transition begins where the last one ended");
    }
    assert_eq!(heard.last().map(|last| last.to), Some(fixture.state()));
}

/// Regression: behind a listener that never returns, the queue grew without bound.
#[test]
fn that_lag_behind_learn_how_many_they_missed() {
    let breaker: Arc<OnceLock<Weak<CircuitBreaker>>> = Arc::default();
    let heard = Heard::default();
    let first = AtomicBool::new(true);
    let listener = {
        let (breaker, heard) = (breaker.clone(), heard.clone());
        move |transition: &Transition| {
            heard.push(transition.clone());
            if first.swap(false, Ordering::SeqCst) {
                let breaker = breaker.get().and_then(Weak::upgrade).expect("it is alive");
                for _ in 0..2_000 {
                    breaker.reset();
                    breaker.force_open();
                }
            }
        }
    };
    let built = Arc::new(CircuitBreaker::builder("lagging").listener(listener).build().expect("valid"));
    breaker.set(Arc::downgrade(&built)).expect("once");
    built.force_open();
    let heard = heard.all();
    assert_eq!(heard.len(), 1 + 1_024);
    assert_eq!(heard[0].missed, 0);
    assert_eq!(heard[1].missed, 4_000 - 1_024, "the oldest go first");
    let text = "circuit breaker `lagging`: forced open -> closed (reset by command); transitions dropped before it: 2976";
    assert_eq!(heard[1].to_string(), text, "a reader sees that there is a gap");
    assert!(heard[2..].iter().all(|transition| transition.missed == 0));
    assert_eq!(heard.last().map(|last| last.to), Some(State::ForcedOpen));
}

/// Regression: it also heard what had happened before, if that still waited for another listener.
#[test]
fn hear_only_what_happens_once_they_are_added() {
    let heard = CircuitBreaker::builder("heard late").build().expect("valid");
    let [own, everywhere] = [(); 2].map(|()| Heard::default());
    let (breaker, late) = (heard.clone(), [own.clone(), everywhere.clone()]);
    let is_first = AtomicBool::new(true);
    heard.listen(move |_: &Transition| {
        if is_first.swap(false, Ordering::SeqCst) {
            breaker.reset();
            let [own, everywhere] = late.clone();
            breaker.listen(own.listener());
            fluxgate::listen(move |transition: &Transition| {
                if transition.breaker == "heard late" {
                    everywhere.push(transition.clone());
                }
            });
            breaker.disable();
        }
    });
    heard.force_open();
    let expected = [(State::Closed, State::Disabled)];
    assert_eq!((own.steps(), everywhere.steps()), (expected.to_vec(), expected.to_vec()));
}
