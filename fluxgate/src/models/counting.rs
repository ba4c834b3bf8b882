//! A breaker that begins to count its calls loses none, and its totals never decrease.

use super::*;
use crate::engine::counting;

#[test]
fn counting_begins_while_calls_end_and_none_is_lost_to_the_window() {
    check(|| {
        let breaker = breaker(window::count(3), trip::failures(3));
        // Full, so that successes need not be recorded.
        for outcome in [Outcome::Failure, Outcome::Success, Outcome::Success, Outcome::Success] {
            recording::record_alone(&breaker, outcome, 0);
        }
        let before = acquire(&breaker).unwrap();
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().success();
            acquire(breaker).unwrap().failure();
        });
        counting::begin(&breaker);
        acquire(&breaker).unwrap().success();
        before.success();
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        assert_eq!((snapshot.state, snapshot.late, snapshot.metrics.total()), (State::Closed, 0, 3));
        assert_eq!((snapshot.totals.failures, snapshot.metrics.failures()), (2, 1));
        // Its own, and the other thread's, if admitted afterwards.
        assert!(matches!(snapshot.totals.successes, Some(1 | 2)), "{:?}", snapshot.totals);
    });
}

#[test]
fn refusals_are_counted_once_while_the_state_changes() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        acquire(&breaker).unwrap().failure();
        let other = spawn(&breaker, |breaker| {
            let refused = acquire(breaker).is_err();
            assert!(refused, "open or forced open");
        });
        handle(&breaker).force_open();
        let first = handle(&breaker).snapshot().totals.refused;
        other.join().unwrap();
        let last = handle(&breaker).snapshot().totals.refused;
        assert!(first <= last && last == 1, "{first}, then {last}");
    });
}
