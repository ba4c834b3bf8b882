//! Failures logged among counted successes: whoever collects them finds an order in which they could have happened.

use super::*;
use crate::engine::counting;

/// A breaker with split stripes, whose first thread counts its successes by itself, and logs its failures.
pub(super) fn logging() -> Arc<Breaker> {
    let breaker = breaker(window::count(4), trip::failure_streak(7));
    breaker.stripes().split();
    acquire(&breaker).unwrap().failure();
    acquire(&breaker).unwrap().success();
    breaker
}

/// The same, but the third and fourth threads share the stripes of others, and so count with a locked instruction.
fn shared_by_the_third() -> Arc<Breaker> {
    let breaker = logging();
    spawn(&breaker, |breaker| acquire(breaker).unwrap().success()).join().unwrap();
    breaker
}

/// A failure is logged, and a thread that has seen it succeeds, while another thread does something else.
fn a_success_after_a_failure(breaker: fn() -> Arc<Breaker>, first: fn(&Breaker), meanwhile: fn(&Breaker)) {
    check_up_to(2, move || {
        let breaker = breaker();
        let [failed, succeeded] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let (has_failed, has_succeeded) = (failed.clone(), succeeded.clone());
        let succeeds = spawn(&breaker, move |breaker| {
            first(breaker);
            if has_failed.load(Ordering::Acquire) {
                acquire(breaker).unwrap().success();
                has_succeeded.store(true, Ordering::Relaxed);
            }
        });
        let another = spawn(&breaker, meanwhile);
        assert!(breaker.stripes().log(breaker.word()), "the failure takes no lock");
        failed.store(true, Ordering::Release);
        succeeds.join().unwrap();
        another.join().unwrap();
        if succeeded.load(Ordering::Relaxed) {
            assert_eq!(handle(&breaker).metrics().failure_streak(), 0, "the success came last");
        }
    });
}

#[test]
fn a_success_on_a_shared_stripe_is_not_collected_without_the_failure_before_it() {
    a_success_after_a_failure(shared_by_the_third, |_| (), |breaker| _ = breaker.metrics());
}

#[test]
fn a_success_on_an_own_stripe_is_not_collected_without_the_failure_before_it() {
    a_success_after_a_failure(
        logging,
        // This one opens its stripe.
        |breaker| acquire(breaker).unwrap().success(),
        |breaker| _ = breaker.metrics(),
    );
}

#[test]
fn a_failure_comes_before_successes_that_saw_it_even_if_collected_after_unseen_ones() {
    a_success_after_a_failure(
        shared_by_the_third,
        |_| (),
        |breaker| {
            acquire(breaker).unwrap().success();
            _ = breaker.metrics();
        },
    );
}

#[test]
fn failures_in_two_logs_are_collected_in_order() {
    check_up_to(2, || {
        let breaker = logging();
        let [ready, failed, ended] = [(); 3].map(|()| Arc::new(AtomicBool::new(false)));
        let (is_ready, has_failed, has_ended) = (ready.clone(), failed.clone(), ended.clone());
        let other = spawn(&breaker, move |breaker| {
            // It gets a stripe and a log, which is read before that of the first thread.
            acquire(breaker).unwrap().success();
            acquire(breaker).unwrap().failure();
            is_ready.store(true, Ordering::Release);
            if has_failed.load(Ordering::Acquire) {
                acquire(breaker).unwrap().success();
                acquire(breaker).unwrap().failure();
                has_ended.store(true, Ordering::Relaxed);
            }
        });
        if ready.load(Ordering::Acquire) && breaker.stripes().log(breaker.word()) {
            failed.store(true, Ordering::Release);
        }
        other.join().unwrap();
        if ended.load(Ordering::Relaxed) {
            assert_eq!(handle(&breaker).metrics().failure_streak(), 1, "a success came between");
        }
    });
}

#[test]
fn a_failure_that_finds_the_stripes_being_closed_comes_before_the_next_success_of_its_thread() {
    check(|| {
        let breaker = logging();
        let other = spawn(&breaker, |breaker| counting::begin(breaker));
        let is_logged = breaker.stripes().log(breaker.word());
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        if is_logged {
            assert_eq!(handle(&breaker).metrics().failure_streak(), 0, "the success came last");
        }
    });
}

/// Two threads succeed and then fail. Neither need see what the other has counted, but a failure comes last.
#[test]
fn a_failure_comes_last_if_each_thread_fails_last() {
    check_up_to(2, || {
        let breaker = breaker(window::count(9), trip::failure_streak(7));
        breaker.stripes().split();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let succeed_and_fail = |breaker: &Breaker| {
            assert!(breaker.stripes().count_own_success(breaker.word()), "the success takes no lock");
            assert!(breaker.stripes().log(breaker.word()), "the failure takes no lock");
        };
        let ready = Arc::new(AtomicBool::new(false));
        let is_ready = ready.clone();
        let other = spawn(&breaker, move |breaker| {
            // This one opens its stripe and its log.
            acquire(breaker).unwrap().success();
            is_ready.store(true, Ordering::Release);
            succeed_and_fail(breaker);
        });
        let both = ready.load(Ordering::Acquire);
        if both {
            succeed_and_fail(&breaker);
        }
        other.join().unwrap();
        if both {
            let metrics = handle(&breaker).metrics();
            assert_eq!((metrics.total(), metrics.failures()), (7, 3));
            assert!(metrics.failure_streak() > 0, "a success came last");
        }
    });
}

#[test]
fn a_failure_sees_what_a_thread_has_counted_in_the_same_generation() {
    check_up_to(2, || {
        let breaker = logging();
        // In an earlier generation.
        (0..2).for_each(|_| acquire(&breaker).unwrap().success());
        let failed = Arc::new(AtomicBool::new(false));
        let has_failed = failed.clone();
        let other = spawn(&breaker, move |breaker| {
            // Then only this thread's stripe is open, also at the start of the next generation.
            manual::command(breaker, State::ForcedOpen, Reason::ForceOpen);
            assert!(acquire(breaker).is_err());
            manual::command(breaker, State::Closed, Reason::Reset);
            acquire(breaker).unwrap().failure();
            acquire(breaker).unwrap().failure();
            has_failed.store(true, Ordering::Release);
        });
        if let Ok(call) = acquire(&breaker) {
            call.success();
        }
        let succeeds = failed.load(Ordering::Acquire);
        if succeeds {
            acquire(&breaker).unwrap().success();
        }
        other.join().unwrap();
        if succeeds {
            assert_eq!(handle(&breaker).metrics().failure_streak(), 0, "the success came last");
        }
    });
}

#[test]
fn a_logged_failure_is_in_order_with_the_successes_around_it() {
    check(|| {
        let breaker = logging();
        let [failed, succeeded] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let (has_failed, has_succeeded) = (failed.clone(), succeeded.clone());
        let after_failure = Arc::new(AtomicBool::new(false));
        let was_after_failure = after_failure.clone();
        let other = spawn(&breaker, move |breaker| {
            // This one opens its stripe.
            acquire(breaker).unwrap().success();
            was_after_failure.store(has_failed.load(Ordering::Acquire), Ordering::Relaxed);
            acquire(breaker).unwrap().success();
            has_succeeded.store(true, Ordering::Release);
        });
        let after_success = succeeded.load(Ordering::Acquire);
        assert!(breaker.stripes().log(breaker.word()), "the failure takes no lock");
        failed.store(true, Ordering::Release);
        let metrics = handle(&breaker).metrics();
        assert!(metrics.total() >= 3 && (1..=2).contains(&metrics.failures()));
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        assert_eq!(metrics.total(), 4);
        if after_success {
            assert_eq!((metrics.failure_streak(), metrics.failures()), (1, 1), "the failure came last");
        }
        if after_failure.load(Ordering::Relaxed) {
            assert_eq!(metrics.failure_streak(), 0, "the success came last");
        }
    });
}

#[test]
fn a_failure_logged_while_the_stripes_are_closed_is_collected_once() {
    check_up_to(2, || {
        let breaker = logging();
        let was_reset = Arc::new(AtomicBool::new(false));
        let is_reset = was_reset.clone();
        let other = spawn(&breaker, move |breaker| {
            // Closes the stripes.
            manual::command(breaker, State::Closed, Reason::Reset);
            is_reset.store(true, Ordering::Release);
            acquire(breaker).unwrap().failure();
        });
        let after_reset = was_reset.load(Ordering::Acquire);
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        other.join().unwrap();
        let metrics = handle(&breaker).metrics();
        let expected = if after_reset { 3..=3 } else { 1..=3 };
        assert!(expected.contains(&metrics.total()), "{metrics:?}");
        assert!(metrics.failures() == metrics.total().div_ceil(2), "{metrics:?}");
    });
}

#[test]
fn a_success_after_a_logged_failure_is_counted() {
    check(|| {
        let breaker = logging();
        // This one has the other stripe, so the next one shares that of the main thread.
        spawn(&breaker, |breaker| acquire(breaker).unwrap().success()).join().unwrap();
        (0..4).for_each(|_| acquire(&breaker).unwrap().success());
        let other = spawn(&breaker, |breaker| {
            if breaker.stripes().log(breaker.word()) {
                acquire(breaker).unwrap().success();
            }
        });
        // It finds a healthy breaker, and opens the log.
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert!(handle(&breaker).metrics().failure_streak() <= 1);
    });
}

#[test]
fn threads_that_share_a_log_lose_no_failure_while_it_is_refilled() {
    check(|| {
        let breaker = logging();
        // This one has the other stripe, so the next one shares that of the main thread.
        spawn(&breaker, |breaker| acquire(breaker).unwrap().success()).join().unwrap();
        let other = spawn(&breaker, |breaker| acquire(breaker).unwrap().failure());
        // The first fills the log; with the second, it is collected and refilled.
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().failure();
        assert!((2..=3).contains(&handle(&breaker).metrics().failure_streak()));
        other.join().unwrap();
        assert_eq!(handle(&breaker).metrics().failure_streak(), 3);
    });
}

#[test]
fn a_breaker_is_not_marked_healthy_over_a_failure_just_logged() {
    check(|| {
        let breaker = logging();
        let other = spawn(&breaker, |breaker| {
            // This one opens its stripe, and the failure after it a log.
            acquire(breaker).unwrap().success();
            acquire(breaker).unwrap().failure();
            acquire(breaker).unwrap().success();
        });
        // Without those failures, the window would be full of successes after these.
        (0..4).for_each(|_| acquire(&breaker).unwrap().success());
        other.join().unwrap();
        assert_eq!(handle(&breaker).metrics().failure_streak(), 0, "the last call succeeded");
    });
}

#[test]
fn a_failure_collected_before_its_place_is_known_comes_after_everything_counted() {
    check(|| {
        let breaker = logging();
        let other = spawn(&breaker, |breaker| _ = breaker.metrics());
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(handle(&breaker).metrics().failure_streak(), 1, "the failure came last");
    });
}

#[test]
fn a_failure_that_finds_the_stripes_closed_comes_after_what_they_counted() {
    check(|| {
        // In a time window, no thread counts by itself.
        let breaker = breaker(window::time(Duration::from_secs(10)), trip::failure_streak(7));
        breaker.stripes().split();
        acquire(&breaker).unwrap().failure();
        acquire(&breaker).unwrap().success();
        let other = spawn(&breaker, |breaker| counting::begin(breaker));
        acquire(&breaker).unwrap().success();
        acquire(&breaker).unwrap().failure();
        other.join().unwrap();
        assert_eq!(handle(&breaker).metrics().failure_streak(), 1, "the failure came last");
    });
}
