//! Changes of state: each happens once, is reported once, and separates the outcomes that count from those that do not.

use super::*;

/// Like [`breaker`], but the pause comes from a user's function, which is called without the lock.
fn asking(rule: Rule) -> Arc<Breaker> {
    let retry = retry::custom(|_| Duration::from_secs(60));
    made(settings(window::count(4), rule, retry, permit::all()))
}

/// Two calls fail at once, each of which would trip the breaker.
fn trips_once(make: impl Fn() -> Arc<Breaker> + Send + Sync + 'static) {
    check(move || {
        let breaker = make();
        let log = log(&breaker);
        let first = acquire(&breaker).unwrap();
        let other = spawn(&breaker, |breaker| {
            if let Ok(call) = acquire(breaker) {
                call.failure();
            }
        });
        first.failure();
        other.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [(State::Closed, State::Open)]);
        let snapshot = handle(&breaker).snapshot();
        assert_eq!(snapshot.state, State::Open);
        // Both failed, or one was refused or late: none is lost, none counts twice.
        assert_eq!(snapshot.metrics.failures() + snapshot.late + snapshot.rejected, 2);
    });
}

#[test]
fn two_failures_race_to_trip_and_one_transition_is_reported() {
    trips_once(|| breaker(window::count(4), trip::failures(1)));
}

#[test]
fn two_failures_open_once_while_a_function_is_asked_for_the_pause() {
    trips_once(|| asking(trip::failures(1)));
}

#[test]
fn a_custom_condition_that_is_asked_twice_trips_once() {
    trips_once(|| breaker(window::count(4), trip::min(1) & trip::custom(|_| true)));
}

#[test]
fn an_outcome_counts_only_in_its_own_generation() {
    check(|| {
        let breaker = eager(window::count(4), trip::failures(1));
        let late = acquire(&breaker).unwrap();
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().failure();
            // Half-open, unless the late failure was the one that tripped it.
            let _ = acquire(breaker).map(|probe| probe.success());
        });
        late.failure();
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        // Whichever failure tripped it, the probe alone passed the trial, and the closed breaker starts empty.
        assert_eq!(snapshot.state, State::Closed);
        assert_eq!(snapshot.metrics.total(), 0);
    });
}

#[test]
fn the_last_slot_is_given_once() {
    check(|| {
        let breaker = eager(window::count(4), trip::failures(2));
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().failure();
        let other = spawn(&breaker, |breaker| {
            if let Ok(call) = acquire(breaker) {
                call.ignore();
            }
        });
        let mine = acquire(&breaker);
        let probes = in_flight(&breaker);
        assert!(probes <= 1, "{probes} probes where one is allowed");
        if let Ok(call) = mine {
            call.ignore();
        }
        other.join().unwrap();
        assert_eq!(in_flight(&breaker), 0);
        acquire(&breaker).expect("every slot came back").ignore();
    });
}

#[test]
fn outcomes_before_a_reset_do_not_count_after_it() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(3));
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().failure();
            acquire(breaker).unwrap().failure();
        });
        handle(&breaker).reset();
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        assert!(snapshot.metrics.total() + snapshot.late <= 2);
        assert_eq!(u64::from(snapshot.metrics.failure_streak()), snapshot.metrics.failures());
        assert_eq!(snapshot.state, State::Closed);
    });
}

#[test]
fn listeners_hear_each_transition_once_in_order_and_may_call_back() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        let log = log(&breaker);
        let inside = AtomicBool::new(false);
        let overlapped = Arc::new(AtomicBool::new(false));
        let overlaps = overlapped.clone();
        transition::listen(
            &breaker,
            Arc::new(move |_: &Transition| {
                if inside.swap(true, Ordering::AcqRel) {
                    overlaps.store(true, Ordering::Release);
                }
                inside.store(false, Ordering::Release);
            }),
        );
        let back = Arc::downgrade(&breaker);
        transition::listen(
            &breaker,
            Arc::new(move |transition: &Transition| {
                if transition.reason == Reason::ForceOpen
                    && let Some(breaker) = back.upgrade()
                {
                    handle(&breaker).disable();
                }
            }),
        );
        let other = spawn(&breaker, |breaker| {
            let _ = acquire(breaker).map(|call| call.failure());
        });
        handle(&breaker).force_open();
        other.join().unwrap();
        assert!(!overlapped.load(Ordering::Acquire), "two at a time");
        let log = log.lock().unwrap();
        // A chain: each transition begins where the one before ended.
        assert!(log.windows(2).all(|pair| pair[0].1 == pair[1].0), "{log:?}");
        assert_eq!(log.first().unwrap().0, State::Closed);
        assert_eq!(*log.last().unwrap(), (State::ForcedOpen, State::Disabled));
    });
}

#[test]
fn a_late_listener_hears_all_later_transitions_in_order() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        // Someone listens, so that a delivery may be under way.
        let first = log(&breaker);
        let other = spawn(&breaker, |breaker| manual::command(breaker, State::ForcedOpen, Reason::ForceOpen));
        let late = log(&breaker);
        handle(&breaker).disable();
        other.join().unwrap();
        let (all, late) = (first.lock().unwrap(), late.lock().unwrap());
        assert_eq!(all.len(), 2);
        // It hears the end of what the other hears, at least from its own transition on.
        assert!(all.ends_with(&late), "{late:?} of {all:?}");
        let own = all.iter().position(|(_, to)| *to == State::Disabled).unwrap();
        assert!(late.len() >= all.len() - own, "{late:?} of {all:?}");
    });
}

#[test]
fn a_refusal_describes_a_single_opening() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        acquire(&breaker).unwrap().failure();
        let other = spawn(&breaker, |breaker| {
            manual::command(breaker, State::Closed, Reason::Reset);
            acquire(breaker).unwrap().success();
            acquire(breaker).unwrap().failure();
        });
        if let Err(refusal) = acquire(&breaker) {
            let (state, left) = (refusal.state(), refusal.retry_after());
            assert_eq!((state, left), (State::Open, Some(Duration::from_secs(60))));
            // The cause belongs to the first opening or to the second, or is absent between them; it is never a mixture.
            let shown = refusal.cause().map(|cause| cause.to_string());
            let of = |calls| Some(format!("1 of {calls} failed (1 >= 1)"));
            assert!([None, of("1 call"), of("the last 2 calls")].contains(&shown), "{shown:?}");
        }
        other.join().unwrap();
    });
}

#[test]
fn a_late_outcome_does_not_touch_a_re_opened_breaker() {
    check(|| {
        let breaker = eager(window::count(4), trip::failures(1));
        let late = acquire(&breaker).unwrap();
        acquire(&breaker).unwrap().failure();
        // A probe, which re-opens.
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().failure());
        late.failure();
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        assert_eq!((snapshot.state, snapshot.reopens, snapshot.late), (State::Open, 1, 1));
        assert_eq!(snapshot.metrics.total(), 1, "the evidence is the probe");
    });
}

#[test]
fn a_reset_does_not_wait_for_a_function() {
    check(|| {
        let breaker = asking(trip::failures(1));
        let log = log(&breaker);
        let first = acquire(&breaker).unwrap();
        let other = spawn(&breaker, |breaker| manual::command(breaker, State::Closed, Reason::Reset));
        first.failure();
        other.join().unwrap();
        // The reset came before the breaker opened, or after.
        let whole = [(State::Closed, State::Open), (State::Open, State::Closed)];
        let log = log.lock().unwrap();
        assert!(log.is_empty() || *log == whole, "{log:?}");
        let snapshot = handle(&breaker).snapshot();
        assert_eq!((snapshot.state, snapshot.metrics.total()), (State::Closed, 0));
    });
}

#[test]
fn a_crossing_is_reported_once() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        handle(&breaker).metrics_only();
        let log = log(&breaker);
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().failure());
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [(State::MetricsOnly, State::MetricsOnly)]);
        assert_eq!(handle(&breaker).metrics().failures(), 2);
    });
}

#[test]
fn the_end_of_a_ramp_closes_once() {
    check(|| {
        let ramp = permit::ramp_up(1.0, 1.0, Duration::from_secs(10));
        let retry = Retry::new(Schedule::Always);
        let clock = Moving::at(0);
        let breaker = timed(settings(window::count(4), trip::failures(1), retry, ramp), clock.clone());
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let log = log(&breaker);
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().success());
        clock.set(10);
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [(State::HalfOpen, State::Closed)]);
        // The other call belonged to the ramp, whose window is kept, or to the closed breaker, or came too late for the ramp.
        let snapshot = handle(&breaker).snapshot();
        assert_eq!(snapshot.metrics.total() + snapshot.late, 2);
    });
}

#[test]
fn a_trial_that_takes_too_long_re_opens_once() {
    check(|| {
        let retry = retry::cooldown(Duration::from_secs(60));
        let half_open_timeout = Duration::from_secs(10);
        let settings = settings(window::count(4), trip::failures(1), retry, permit::all());
        let clock = Moving::at(0);
        let breaker = timed(Settings { half_open_timeout, ..settings }, clock.clone());
        acquire(&breaker).unwrap().failure();
        clock.set(60);
        let probe = acquire(&breaker).unwrap();
        clock.set(70);
        let log = log(&breaker);
        let other = spawn(&breaker, |breaker| assert!(acquire(breaker).is_err()));
        probe.success();
        other.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [(State::HalfOpen, State::Open)]);
        let snapshot = handle(&breaker).snapshot();
        assert_eq!((snapshot.reopens, snapshot.late, snapshot.rejected), (1, 1, 1));
    });
}
