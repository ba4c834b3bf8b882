//! New settings take effect at one moment, and no outcome is judged by half of them.

use super::*;
use crate::Changes;
use crate::engine::counting;

fn change(breaker: &Arc<Breaker>, rule: Rule) {
    handle(breaker).reconfigure(&Changes::new().trip(rule)).unwrap();
}

#[test]
fn an_outcome_counts_before_new_settings_or_is_late() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(3));
        acquire(&breaker).unwrap().failure();
        let log = log(&breaker);
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().failure());
        change(&breaker, trip::failures(2));
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        assert_eq!(snapshot.metrics.failures() + snapshot.late, 2);
        // Two failures in the window make the new rule hold, whether the second came before it or after.
        let trips = snapshot.metrics.failures() == 2;
        assert_eq!(snapshot.state == State::Open, trips);
        assert_eq!(log.lock().unwrap().len(), usize::from(trips));
    });
}

#[test]
fn an_unwritten_success_changes_nothing_under_new_settings() {
    check(|| {
        let breaker = breaker(window::count(2), trip::failures(2));
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().failure();
            let _ = acquire(breaker).map(|call| call.success());
        });
        change(&breaker, trip::failures(1) & trip::min(2));
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        // The failure counts under the new rule, or was too late for it.
        let failed = snapshot.metrics.failures() == 1;
        assert!(failed || snapshot.late >= 1);
        assert_eq!(snapshot.state == State::Open, failed);
    });
}

#[test]
fn a_refusal_names_the_rule_that_opened_the_breaker() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(1));
        acquire(&breaker).unwrap().failure();
        let other = spawn(&breaker, |breaker| {
            let refusal = acquire(breaker).err().unwrap();
            let condition = refusal.cause().map(|cause| cause.condition());
            assert!(condition.is_none_or(|condition| condition == "failures(1)"));
        });
        change(&breaker, trip::min(2) & trip::failure_rate(1.0) | trip::failure_streak(3));
        other.join().unwrap();
        assert_eq!(handle(&breaker).snapshot().totals.refused, 1);
    });
}

#[test]
fn changes_by_two_threads_both_take_effect() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(3));
        let theirs = handle(&breaker);
        let other = thread::spawn(move || {
            theirs.reconfigure(&Changes::new().max_half_open_calls(7)).unwrap();
        });
        change(&breaker, trip::failures(2));
        other.join().unwrap();
        let settings = breaker.settings();
        assert_eq!((settings.max_half_open_calls, settings.rule.to_string().as_str()), (7, "failures(2)"));
    });
}

/// Someone begins to listen to refusals, or to wait, while the rule changes. Later, the breaker begins to count its calls.
#[test]
fn a_breaker_that_is_watched_meanwhile_knows_which_calls_are_slow() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(3));
        let other = spawn(&breaker, |breaker| _ = breaker.watch());
        let second = Duration::from_secs(1);
        change(&breaker, trip::failures(3) | trip::min(4) & trip::slow_rate(1.0, second));
        other.join().unwrap();
        counting::begin(&breaker);
        assert_eq!(breaker.watch().slow_from(), second.as_nanos() as u64);
    });
}

#[test]
fn a_snapshot_shows_the_trial_of_the_rule_that_it_shows() {
    check(|| {
        let breaker = breaker(window::count(4), trip::failures(3));
        change(&breaker, trip::failures(4));
        let theirs = breaker.clone();
        let other = thread::spawn(move || change(&theirs, trip::failures(2)));
        let snapshot = handle(&breaker).snapshot();
        assert_eq!(snapshot.rule, format!("failures({})", snapshot.trial));
        other.join().unwrap();
    });
}
