//! Calls in journals: none is lost, none counts twice, they stay in order, and the breaker opens as always.

use super::seasons::a_success_of_an_earlier_generation;
use super::*;

/// A clock that moves on by a millisecond with each reading, so readings are in the order in which threads know of them.
pub(super) struct Ticking(pub(super) AtomicU64);

impl Clock for Ticking {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::AcqRel))
    }
}

const HOUR: Duration = Duration::from_secs(3_600);

/// A breaker after two successes of its first thread, the second of which is in the thread's journal.
fn journaling(window: Window, rule: Rule) -> Arc<Breaker> {
    let retry = retry::cooldown(Duration::from_secs(60));
    let breaker =
        timed(settings(window, trip::min(1) & rule, retry, permit::all()), Ticking(AtomicU64::new(0)));
    breaker.lock().journals.pace.hurry();
    (0..2).for_each(|_| acquire(&breaker).unwrap().success());
    breaker
}

/// The same, with a rule that no duration in these models makes hold.
fn averaging() -> Arc<Breaker> {
    journaling(window::count(9), trip::avg_latency(HOUR))
}

/// A breaker with a time window, whose threads use journals while some calls fail, and not in a row.
fn dated() -> Arc<Breaker> {
    let breaker = journaling(window::time(Duration::from_secs(10)), trip::failure_streak(20));
    acquire(&breaker).unwrap().failure();
    assert!(breaker.lock().journals.are_any_open());
    breaker
}

fn figures(breaker: &Arc<Breaker>) -> (u64, u64) {
    let metrics = handle(breaker).metrics();
    (metrics.total(), metrics.failures())
}

#[test]
fn no_call_is_lost_and_none_counts_twice() {
    check(|| {
        let breaker = averaging();
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().failure();
            acquire(breaker).unwrap().success();
        });
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(figures(&breaker), (6, 2));
    });
}

#[test]
fn a_full_journal_is_reopened() {
    check_up_to(2, || {
        let breaker = averaging();
        let other = spawn(&breaker, |breaker| {
            (0..2).for_each(|_| acquire(breaker).unwrap().failure());
        });
        (0..4).for_each(|_| acquire(&breaker).unwrap().success());
        other.join().unwrap();
        assert_eq!(figures(&breaker), (8, 2));
    });
}

#[test]
fn no_call_is_lost_in_the_shared_journal() {
    check_up_to(3, || {
        let breaker = averaging();
        spawn(&breaker, |breaker| acquire(breaker).unwrap().success()).join().unwrap();
        // There are two places, and this is the third thread.
        let other = spawn(&breaker, |breaker| {
            (0..2).for_each(|_| acquire(breaker).unwrap().failure());
        });
        (0..2).for_each(|_| acquire(&breaker).unwrap().success());
        other.join().unwrap();
        assert_eq!(figures(&breaker), (7, 2));
    });
}

#[test]
fn a_call_entered_while_another_thread_reads_is_seen_then_or_later() {
    check(|| {
        let breaker = averaging();
        let other = spawn(&breaker, |breaker| {
            let metrics = breaker.metrics();
            assert!((2..=4).contains(&metrics.total()) && metrics.failures() <= 1);
            // Also reopens the journal of the first thread, which may be in the middle of a call of its last season.
            acquire(breaker).unwrap().failure();
        });
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(figures(&breaker), (5, 2));
    });
}

/// A failure is entered, and a thread that has seen it succeeds.
fn a_success_after_a_failure(breaker: fn() -> Arc<Breaker>) {
    check_up_to(2, move || {
        let breaker = breaker();
        let [ready, failed, succeeded] = [(); 3].map(|()| Arc::new(AtomicBool::new(false)));
        let (is_ready, has_failed, has_succeeded) = (ready.clone(), failed.clone(), succeeded.clone());
        let other = spawn(&breaker, move |breaker| {
            // This one opens its journal.
            acquire(breaker).unwrap().success();
            is_ready.store(true, Ordering::Release);
            if has_failed.load(Ordering::Acquire) {
                acquire(breaker).unwrap().success();
                has_succeeded.store(true, Ordering::Relaxed);
            }
        });
        if ready.load(Ordering::Acquire) {
            acquire(&breaker).unwrap().failure();
            failed.store(true, Ordering::Release);
        }
        other.join().unwrap();
        if succeeded.load(Ordering::Relaxed) {
            assert_eq!(handle(&breaker).metrics().failure_streak(), 0, "the success came last");
        }
    });
}

#[test]
fn a_call_comes_after_those_that_its_thread_has_seen() {
    a_success_after_a_failure(averaging);
}

#[test]
fn a_call_in_a_time_window_comes_after_those_that_its_thread_has_seen() {
    a_success_after_a_failure(dated);
}

#[test]
fn what_threads_may_enter_cannot_make_the_rule_hold() {
    for (failures, state) in [(1, State::Closed), (2, State::Open)] {
        check_up_to(2, move || {
            let breaker = journaling(window::count(20), trip::failures(9) | trip::avg_latency(HOUR));
            (0..2).for_each(|_| acquire(&breaker).unwrap().failure());
            let other = spawn(&breaker, |breaker| {
                (0..5).for_each(|_| acquire(breaker).unwrap().failure());
            });
            (0..failures).for_each(|_| acquire(&breaker).unwrap().failure());
            other.join().unwrap();
            assert_eq!(breaker.word().state(), state);
        });
    }
}

#[test]
fn a_call_that_makes_the_rule_hold_opens_the_breaker_while_others_are_entered() {
    check(|| {
        let breaker = journaling(window::count(3), trip::avg_latency(Duration::from_secs(1)));
        let other = spawn(&breaker, |breaker| {
            if let Ok(call) = acquire(breaker) {
                call.success();
            }
        });
        acquire(&breaker).unwrap().success();
        recording::record_alone(&breaker, Outcome::Success, HOUR.as_nanos() as u64);
        assert_eq!(breaker.word().state(), State::Open);
        other.join().unwrap();
        let total = handle(&breaker).metrics().total();
        assert!((total + breaker.lock().late()) >= 3 && total <= 3);
    });
}

#[test]
fn a_late_call_counts_for_no_other_generation() {
    a_success_of_an_earlier_generation(averaging);
}

#[test]
fn a_time_window_counts_every_call_once() {
    check(|| {
        let breaker = journaling(window::time(Duration::from_secs(10)), trip::avg_latency(HOUR));
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().success();
            acquire(breaker).unwrap().failure();
        });
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(figures(&breaker), (5, 2));
    });
}

#[test]
fn no_call_is_lost_while_journals_alternate_with_stripes() {
    check(|| {
        let breaker = dated();
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().success();
            acquire(breaker).unwrap().failure();
        });
        // A run of failures is counted, and ends with a success.
        (0..3).for_each(|_| acquire(&breaker).unwrap().failure());
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        assert_eq!(figures(&breaker), (9, 5));
    });
}
