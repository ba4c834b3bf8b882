//! `custom` conditions are asked without the lock, so other outcomes may come before their answers.

use super::*;

/// Holds if at least one call failed.
fn any_failed() -> Rule {
    trip::min(1) & trip::custom(|metrics| metrics.failures() >= 1)
}

fn record(breaker: &Breaker, outcome: Outcome) {
    recording::record_alone(breaker, outcome, 0);
}

#[test]
fn each_crossing_is_reported_in_the_order_of_outcomes() {
    check(|| {
        let breaker = breaker(window::count(1), any_failed());
        handle(&breaker).metrics_only();
        let log = log(&breaker);
        let other = spawn(&breaker, |breaker| record(breaker, Outcome::Failure));
        record(&breaker, Outcome::Success);
        other.join().unwrap();
        assert_eq!(log.lock().unwrap().len(), 1, "it held with the failure, and had not before");
        // It is another crossing only if the success came last.
        let fell = u64::from(handle(&breaker).metrics().failures() == 0);
        record(&breaker, Outcome::Failure);
        assert_eq!(log.lock().unwrap().len() as u64, 1 + fell);
    });
}

#[test]
fn two_outcomes_of_a_trial_end_it_once() {
    check(|| {
        let breaker = eager(window::count(4), any_failed());
        record(&breaker, Outcome::Failure);
        acquire(&breaker).unwrap().ignore();
        let log = log(&breaker);
        let other = spawn(&breaker, |breaker| record(breaker, Outcome::Failure));
        record(&breaker, Outcome::Success);
        other.join().unwrap();
        let (half_open, open, closed) = (State::HalfOpen, State::Open, State::Closed);
        let snapshot = handle(&breaker).snapshot();
        let log = log.lock().unwrap();
        match &log[..] {
            // The failure or its verdict came first: the success was in time for the trial, or had no effect.
            [(from, to)] if (*from, *to) == (half_open, open) => {
                assert_eq!((snapshot.state, snapshot.metrics.failures()), (open, 1));
            }
            // The success passed the trial. The failure belonged to the ended trial, or to the closed breaker.
            [(from, to)] if (*from, *to) == (half_open, closed) => {
                assert_eq!((snapshot.state, snapshot.metrics.total()), (closed, 0));
            }
            both => assert_eq!(both, [(half_open, closed), (closed, open)]),
        }
    });
}

#[test]
fn two_failures_of_a_trial_re_open_once() {
    check(|| {
        let breaker = eager(window::count(4), any_failed());
        record(&breaker, Outcome::Failure);
        acquire(&breaker).unwrap().ignore();
        let log = log(&breaker);
        let other = spawn(&breaker, |breaker| record(breaker, Outcome::Failure));
        record(&breaker, Outcome::Failure);
        other.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [(State::HalfOpen, State::Open)]);
        assert_eq!(handle(&breaker).snapshot().reopens, 1);
    });
}

#[test]
fn two_outcomes_at_the_end_of_a_ramp_end_it_once_and_are_both_counted() {
    check(|| {
        let ramp = permit::ramp_up(1.0, 1.0, Duration::from_secs(10));
        let clock = Moving::at(0);
        let settings = settings(window::count(4), any_failed(), Retry::new(Schedule::Always), ramp);
        let breaker = timed(settings, clock.clone());
        record(&breaker, Outcome::Failure);
        acquire(&breaker).unwrap().success();
        let (mine, theirs) = (handle(&breaker), handle(&breaker));
        let failing = theirs.acquire_owned().unwrap();
        let succeeding = mine.acquire_owned().unwrap();
        let log = log(&breaker);
        clock.set(10);
        let other = thread::spawn(move || failing.failure());
        succeeding.success();
        other.join().unwrap();
        let snapshot = mine.snapshot();
        let log = log.lock().unwrap();
        assert_eq!(log.len(), 1, "{log:?}");
        assert_eq!(log[0], (State::HalfOpen, snapshot.state));
        // Each is in the window, or came too late for the ramp.
        assert_eq!(snapshot.metrics.total() + snapshot.late, 2);
        // If the verdict on the failure came too late, the window that is kept holds it, and the next failure is enough.
        if snapshot.state == State::Closed {
            drop(log);
            record(&breaker, Outcome::Failure);
            assert_eq!(mine.state(), State::Open);
        }
    });
}
