//! What was granted in one season is not used in another, even if a thread stalls while stripes are closed and reopened.

use super::logs::logging;
use super::windows::spawn_failure;
use super::*;
use crate::{Interests, Listener};

fn fail(breaker: &Breaker, times: usize) {
    (0..times).for_each(|_| acquire(breaker).unwrap().failure());
}

#[test]
fn a_failure_that_began_before_the_stripes_were_reopened_uses_one_of_the_new_grants() {
    check_up_to(2, || {
        let breaker = breaker(window::count(100), trip::failures(18));
        // After two, failures are counted without the lock. Three are granted: this thread takes two, and both threads race for the
        // last.
        fail(&breaker, 2 + 2);
        let other = spawn(&breaker, |breaker| fail(breaker, 1));
        fail(&breaker, 1);
        // Closes the stripe. The second failure after it reopens it, to two.
        acquire(&breaker).unwrap().success();
        fail(&breaker, 2 + 2);
        other.join().unwrap();
        fail(&breaker, 17 - 10);
        assert_eq!(handle(&breaker).metrics().failures(), 17);
        assert_eq!(handle(&breaker).state(), State::Closed, "one more is needed");
        fail(&breaker, 1);
        assert_eq!(handle(&breaker).state(), State::Open, "18 failures are in the window");
    });
}

/// Hears how many calls were in the window when it was reset.
struct Resets(Arc<AtomicU64>);

impl Listener for Resets {
    fn on_transition(&self, transition: &Transition) {
        self.0.store(transition.metrics.total(), Ordering::Relaxed);
    }

    fn interests(&self) -> Interests {
        Interests::transitions().resets()
    }
}

#[test]
fn a_success_is_in_the_ended_window_or_late() {
    check(|| {
        let breaker = breaker(window::count(9), trip::failure_streak(7));
        breaker.stripes().split();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let before = Arc::new(AtomicU64::new(0));
        transition::listen(&breaker, Arc::new(Resets(before.clone())));
        let calls = [(); 2].map(|()| acquire(&breaker).unwrap());
        let other = spawn(&breaker, |breaker| {
            manual::command(breaker, State::Closed, Reason::Reset);
            assert!(breaker.lock().late() <= 2);
        });
        calls.into_iter().for_each(Call::success);
        other.join().unwrap();
        let late = || handle(&breaker).snapshot().late;
        assert_eq!(before.load(Ordering::Relaxed) + late(), 4);
        // The thread counts successes of the next generation by itself.
        let known = late();
        acquire(&breaker).unwrap().failure();
        (0..3).for_each(|_| acquire(&breaker).unwrap().success());
        let snapshot = handle(&breaker).snapshot();
        assert_eq!((snapshot.late, snapshot.metrics.total()), (known, 4));
    });
}

#[test]
fn a_success_during_a_trip_is_in_the_evidence_or_late_or_refused() {
    check(|| {
        let breaker = breaker(window::count(9), trip::failure_streak(2));
        breaker.stripes().split();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| {
            for _ in 0..2 {
                if let Ok(call) = acquire(breaker) {
                    call.failure();
                }
            }
        });
        for _ in 0..2 {
            if let Ok(call) = acquire(&breaker) {
                call.success();
            }
        }
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        assert_eq!(snapshot.metrics.total() + snapshot.late + snapshot.rejected, 6);
        if snapshot.state == State::Open {
            assert_eq!(snapshot.metrics.failure_streak(), 2, "the evidence is what it was judged by");
        }
    });
}

#[test]
fn a_success_of_the_next_generation_counts_in_it() {
    check(|| {
        let breaker = breaker(window::count(9), trip::failure_streak(7));
        breaker.stripes().split();
        acquire(&breaker).unwrap().failure();
        (0..2).for_each(|_| acquire(&breaker).unwrap().success());
        let other = spawn(&breaker, |breaker| {
            manual::command(breaker, State::Closed, Reason::Reset);
            // Also opens the stripes that were open before.
            acquire(breaker).unwrap().failure();
        });
        let call = acquire(&breaker).unwrap();
        let generation = call.generation();
        call.success();
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        let is_of_the_next = generation == breaker.word().generation();
        assert_eq!(snapshot.metrics.total(), 1 + u64::from(is_of_the_next));
        assert!(snapshot.late <= u64::from(!is_of_the_next));
    });
}

#[test]
fn a_late_success_counts_once() {
    check(|| {
        // Two more failures could make the rule hold, so each is judged, and closes the stripes.
        let breaker = breaker(window::count(4), trip::failure_streak(3));
        breaker.stripes().split();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let (other, after_failure) = spawn_failure(&breaker);
        acquire(&breaker).unwrap().success();
        let total = handle(&breaker).metrics().total();
        assert!((3..=4).contains(&total), "{total}");
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (4, 2));
        if after_failure {
            assert_eq!(metrics.failure_streak(), 0, "the success came last");
        }
        acquire(&breaker).unwrap().success();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.failures(), metrics.failure_streak()), (1, 0), "the first failure is pushed out");
    });
}

/// A call admitted before a reset ends during it.
pub(super) fn a_success_of_an_earlier_generation(breaker: fn() -> Arc<Breaker>) {
    check(move || {
        let breaker = breaker();
        let call = acquire(&breaker).unwrap();
        let other = spawn(&breaker, |breaker| {
            manual::command(breaker, State::Closed, Reason::Reset);
            // What is reopened is for the next generation.
            acquire(breaker).unwrap().failure();
        });
        call.success();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (1, 1), "only the call since the reset");
        assert!(breaker.lock().late() <= 1);
    });
}

#[test]
fn a_late_success_counts_for_no_other_generation() {
    a_success_of_an_earlier_generation(logging);
}

#[test]
fn a_late_success_comes_before_failures_counted_after_it() {
    check_up_to(2, || {
        let breaker = breaker(window::count(9), trip::failure_streak(20));
        breaker.stripes().split();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let succeeded = Arc::new(AtomicBool::new(false));
        let has_succeeded = succeeded.clone();
        let after_success = Arc::new(AtomicBool::new(false));
        let was_after_success = after_success.clone();
        let other = spawn(&breaker, move |breaker| {
            // After two, its failures are counted rather than logged.
            fail(breaker, 2);
            was_after_success.store(has_succeeded.load(Ordering::Acquire), Ordering::Relaxed);
            fail(breaker, 1);
            // Collects.
            _ = breaker.metrics();
        });
        acquire(&breaker).unwrap().success();
        succeeded.store(true, Ordering::Release);
        other.join().unwrap();
        if after_success.load(Ordering::Relaxed) {
            assert!(handle(&breaker).metrics().failure_streak() > 0, "the failure came last");
        }
    });
}

#[test]
fn a_metrics_only_breaker_notices_a_success_that_ends_what_it_reported() {
    check(|| {
        let breaker = breaker(window::count(3), trip::failures(2));
        breaker.stripes().split();
        handle(&breaker).metrics_only();
        let log = log(&breaker);
        let reports = || log.lock().unwrap().len();
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().failure());
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        let before = reports();
        // If the success came before the failure, this makes the rule hold; otherwise it did before, and no longer does.
        assert_eq!(handle(&breaker).metrics().failures(), 1);
        acquire(&breaker).unwrap().failure();
        assert_eq!(reports(), before + 1);
    });
}
