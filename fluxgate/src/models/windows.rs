//! What a window holds: no outcome is lost, and none counts twice.

use super::*;

/// Makes a call fail on another thread. Also returns whether that has already happened, as far as this thread can tell.
pub(super) fn spawn_failure(breaker: &Arc<Breaker>) -> (thread::JoinHandle<()>, bool) {
    let failed = Arc::new(AtomicBool::new(false));
    let flag = failed.clone();
    let other = spawn(breaker, move |breaker| {
        acquire(breaker).unwrap().failure();
        flag.store(true, Ordering::Release);
    });
    let has_failed = failed.load(Ordering::Acquire);
    (other, has_failed)
}

#[test]
fn an_unwritten_success_changes_nothing() {
    check(|| {
        let breaker = breaker(window::count(2), trip::failures(2));
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().failure());
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        // Success and failure in either order: the failure is there, the window is full, and the streak tells the order.
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (2, 1));
        // The next success must be recorded, on any thread.
        acquire(&breaker).unwrap().success();
        assert_eq!(handle(&breaker).metrics().failure_streak(), 0);
        acquire(&breaker).unwrap().success();
        assert_eq!(handle(&breaker).metrics().failures(), 0);
    });
}

#[test]
fn a_success_that_saw_the_failure_pushes_it_out() {
    check(|| {
        let breaker = breaker(window::count(1), trip::failures(2));
        acquire(&breaker).unwrap().success();
        let (other, before) = spawn_failure(&breaker);
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        if before {
            assert_eq!(handle(&breaker).metrics().failures(), 0, "the success came after the failure");
        }
    });
}

#[test]
fn a_counted_success_moves_the_window_on() {
    check(|| {
        let breaker = breaker(window::count(3), trip::failures(3));
        // The window is full, so successes are counted.
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().failure());
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        // Whichever came first, the second pushed the old failure out.
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (3, 1));
    });
}

#[test]
fn a_time_window_counts_every_success_once() {
    check(|| {
        let breaker = breaker(window::time(Duration::from_secs(10)), trip::failures(2));
        // The first success opens the stripes.
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (3, 1));
    });
}

#[test]
fn a_counted_success_is_judged_with_the_failure_it_comes_after() {
    check(|| {
        // One failure of three trips; one of two may not, since there must be three.
        let breaker = breaker(window::time(Duration::from_secs(10)), trip::min(3) & trip::failure_rate(0.3));
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(handle(&breaker).state(), State::Open, "three calls, one failed, and nobody looked");
    });
}

#[test]
fn a_bucket_keeps_its_counted_successes() {
    check(|| {
        let clock = Moving::at(7);
        let retry = retry::cooldown(Duration::from_secs(60));
        let window = window::time(Duration::from_secs(10));
        let breaker = timed(settings(window, trip::failures(3), retry, permit::all()), clock.clone());
        // The first success opens the stripes for the bucket of the seventh second.
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().success());
        clock.set(8);
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (3, 1));
        // The first success is forgotten, and so is the other, if it was in time for the same bucket.
        clock.set(17);
        let metrics = handle(&breaker).metrics();
        assert!((1..=2).contains(&metrics.total()) && metrics.failures() == 1, "{metrics:?}");
        clock.set(18);
        assert_eq!(handle(&breaker).metrics().total(), 0);
    });
}

#[test]
fn successes_on_both_sides_of_a_bucket_are_all_counted() {
    check(|| {
        let clock = Moving::at(7);
        let retry = retry::cooldown(Duration::from_secs(60));
        let window = window::time(Duration::from_secs(10));
        let breaker = timed(settings(window, trip::failures(3), retry, permit::all()), clock.clone());
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().success();
            acquire(breaker).unwrap().success();
        });
        clock.set(8);
        acquire(&breaker).unwrap().success();
        assert!((2..=4).contains(&handle(&breaker).metrics().total()));
        other.join().unwrap();
        assert_eq!(handle(&breaker).metrics().total(), 4);
        clock.set(18);
        assert_eq!(handle(&breaker).metrics().total(), 0);
    });
}

/// A breaker whose successes are counted, and whose rule cannot hold after only four more failures.
fn far_from_tripping() -> Arc<Breaker> {
    let breaker = breaker(window::count(4), trip::failure_streak(7));
    acquire(&breaker).unwrap().failure();
    acquire(&breaker).unwrap().success();
    breaker
}

#[test]
fn a_failure_is_in_order_with_successes_counted_around_it() {
    check(|| {
        let breaker = far_from_tripping();
        let [failed, succeeded] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let (has_failed, has_succeeded) = (failed.clone(), succeeded.clone());
        let after_failure = Arc::new(AtomicBool::new(false));
        let was_after_failure = after_failure.clone();
        let other = spawn(&breaker, move |breaker| {
            was_after_failure.store(has_failed.load(Ordering::Acquire), Ordering::Relaxed);
            acquire(breaker).unwrap().success();
            has_succeeded.store(true, Ordering::Release);
        });
        let after_success = succeeded.load(Ordering::Acquire);
        acquire(&breaker).unwrap().failure();
        failed.store(true, Ordering::Release);
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (4, 2));
        if after_success {
            assert_eq!(metrics.failure_streak(), 1, "the failure came last");
        }
        if after_failure.load(Ordering::Relaxed) {
            assert_eq!(metrics.failure_streak(), 0, "the success came last");
        }
    });
}

#[test]
fn two_threads_that_meet_at_a_stripe_lose_no_success() {
    check(|| {
        let breaker = breaker(window::time(Duration::from_secs(10)), trip::failure_streak(7));
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().success();
            acquire(breaker).unwrap().success();
        });
        acquire(&breaker).unwrap().success();
        assert!((2..=4).contains(&handle(&breaker).metrics().total()));
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        assert_eq!(handle(&breaker).metrics().total(), 5);
    });
}

#[test]
fn a_thread_that_shares_the_stripe_of_another_leaves_its_count_alone() {
    check(|| {
        let breaker = breaker(window::count(9), trip::failure_streak(7));
        breaker.stripes().split();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        // This one takes the other place, so the next shares that of the main thread, which counts by itself.
        spawn(&breaker, |breaker| acquire(breaker).unwrap().success()).join().unwrap();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        assert_eq!(handle(&breaker).metrics().total(), 5);
    });
}

#[test]
fn a_failure_that_trips_is_judged_by_exactly_the_successes_before_it() {
    check(|| {
        let breaker = breaker(window::time(Duration::from_secs(10)), trip::min(2) & trip::failure_rate(0.5));
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| {
            if let Ok(call) = acquire(breaker) {
                call.success();
            }
        });
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        let expected = match snapshot.state {
            // Two of four failed, and then came the success.
            State::Open => (4, 1),
            _ => (5, 0),
        };
        let late = snapshot.late + snapshot.rejected;
        assert_eq!((snapshot.metrics.total(), late), expected, "{}", snapshot.state);
    });
}

/// A breaker whose failures are counted, after four of them.
fn failing() -> Arc<Breaker> {
    let breaker = breaker(window::count(9), trip::failure_streak(20));
    (0..3).for_each(|_| acquire(&breaker).unwrap().failure());
    assert!(breaker.stripes().count(breaker.word().failures()), "the fourth is counted");
    breaker
}

#[test]
fn a_success_is_in_order_with_failures_counted_around_it() {
    check(|| {
        let breaker = failing();
        let (other, after_failure) = spawn_failure(&breaker);
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (6, 5));
        assert!(metrics.failure_streak() <= 1);
        if after_failure {
            assert_eq!(metrics.failure_streak(), 0, "the success came last");
        }
    });
}

#[test]
fn the_rule_holds_with_the_last_failure_after_counted_ones() {
    check(|| {
        let breaker = failing();
        (4..17).for_each(|_| acquire(&breaker).unwrap().failure());
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap().failure();
            acquire(breaker).unwrap().failure();
        });
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(handle(&breaker).metrics().failure_streak(), 20);
        assert_eq!(handle(&breaker).state(), State::Open);
    });
}

#[test]
fn concurrent_refusals_are_all_counted() {
    check(|| {
        let breaker = breaker(window::count(1), trip::failures(1));
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap_err();
        let other = spawn(&breaker, |breaker| {
            acquire(breaker).unwrap_err();
            acquire(breaker).unwrap_err();
        });
        acquire(&breaker).unwrap_err();
        other.join().unwrap();
        assert_eq!(handle(&breaker).snapshot().rejected, 4);
    });
}
