//! What a window knows: no outcome is lost, and none counts twice.

use super::*;

#[test]
fn the_success_that_is_not_written_changes_nothing() {
    check(|| {
        let breaker = breaker(window::count(2), trip::failures(2));
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().success();
        let other = beside(&breaker, |breaker| acquire(breaker).unwrap().failure());
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
        let failed = Arc::new(AtomicBool::new(false));
        let told = failed.clone();
        let other = beside(&breaker, move |breaker| {
            acquire(breaker).unwrap().failure();
            told.store(true, Ordering::Release);
        });
        let before = failed.load(Ordering::Acquire);
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        if before {
            assert_eq!(handle(&breaker).metrics().failures(), 0, "the success came after the failure");
        }
    });
}

#[test]
fn a_success_taken_from_the_allowance_moves_the_window_on() {
    check(|| {
        let breaker = breaker(window::count(3), trip::failures(3));
        // The oldest is a success, then comes the failure: one success may go unrecorded.
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let other = beside(&breaker, |breaker| acquire(breaker).unwrap().failure());
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
        let other = beside(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (3, 1));
    });
}

#[test]
fn a_striped_success_is_judged_with_the_failure_it_comes_after() {
    check(|| {
        // One failure of three trips; of two it may not, since there must be three.
        let breaker = breaker(window::time(Duration::from_secs(10)), trip::min(3) & trip::failure_rate(0.3));
        acquire(&breaker).unwrap().success();
        let other = beside(&breaker, |breaker| acquire(breaker).unwrap().success());
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(handle(&breaker).state(), State::Open, "three calls, one failed, and nobody looked");
    });
}

#[test]
fn a_bucket_that_ends_takes_its_successes_along() {
    check(|| {
        let clock = Moving::at(7);
        let retry = retry::cooldown(Duration::from_secs(60));
        let window = window::time(Duration::from_secs(10));
        let breaker = timed(settings(window, trip::failures(3), retry, permit::all()), clock.clone());
        // The first success opens the stripes for the bucket of the seventh second.
        acquire(&breaker).unwrap().success();
        let other = beside(&breaker, |breaker| acquire(breaker).unwrap().success());
        clock.set(8);
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!((metrics.total(), metrics.failures()), (3, 1));
        // The first success is forgotten; the other, too, if it came in time for the same bucket.
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
        let other = beside(&breaker, |breaker| {
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
