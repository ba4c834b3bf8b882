//! A fault injected while calls go on loses none of them, and ends once.

use super::*;
use crate::Fault;
use crate::engine::fault;

fn failing(seconds: u64) -> Fault {
    Fault::lasting(Duration::from_secs(seconds)).fail(1.0)
}

#[test]
fn every_call_is_either_made_or_failed_and_recorded_once() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(4));
        let before = acquire(&breaker).unwrap();
        let theirs = breaker.clone();
        let other = thread::spawn(move || match acquire(&theirs) {
            Ok(call) => {
                call.success();
                0
            }
            Err(refusal) => {
                assert!(refusal.is_injected());
                1
            }
        });
        fault::inject(&breaker, failing(60));
        before.success();
        let failed = other.join().unwrap();
        assert!(acquire(&breaker).unwrap_err().is_injected());
        fault::clear(&breaker);
        acquire(&breaker).unwrap().success();
        let snapshot = handle(&breaker).snapshot();
        assert_eq!(
            (snapshot.metrics.total(), snapshot.metrics.failures(), snapshot.late),
            (4, failed + 1, 0)
        );
        assert_eq!(snapshot.totals.failures, failed + 1);
    });
}

#[test]
fn a_fault_survives_a_transition_and_a_removed_one_does_not_come_back() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(4));
        fault::inject(&breaker, failing(60));
        let other = spawn(&breaker, |breaker| manual::command(breaker, State::Closed, Reason::Reset));
        fault::clear(&breaker);
        other.join().unwrap();
        acquire(&breaker).unwrap().success();
        fault::inject(&breaker, failing(60));
        let other =
            spawn(&breaker, |breaker| manual::command(breaker, State::MetricsOnly, Reason::MetricsOnly));
        let _ = acquire(&breaker).map(|call| call.success());
        other.join().unwrap();
        assert!(acquire(&breaker).unwrap_err().is_injected());
        assert!(handle(&breaker).snapshot().fault.is_some());
    });
}
