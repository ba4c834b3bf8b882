//! Failures that are logged among successes that are counted: whoever collects them finds an order in which they can have happened.

use super::*;

/// A breaker whose first thread logs its failures, and whose stripe the third one shares.
fn shared_by_the_third() -> Arc<Breaker> {
    let breaker = breaker(window::count(4), trip::failure_streak(7));
    breaker.stripes().part();
    acquire(&breaker).unwrap().failure();
    acquire(&breaker).unwrap().success();
    beside(&breaker, |breaker| acquire(breaker).unwrap().success()).join().unwrap();
    breaker
}

#[test]
fn a_success_is_not_collected_without_the_failure_before_it() {
    let mut model = loom::model::Builder::new();
    // Of three threads.
    model.preemption_bound = Some(2);
    model.check(|| {
        let breaker = shared_by_the_third();
        let [failed, succeeded] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let (has_failed, has_succeeded) = (failed.clone(), succeeded.clone());
        // It has no number of its own for this place, so it counts by a locked instruction.
        let succeeds = beside(&breaker, move |breaker| {
            if has_failed.load(Ordering::Acquire) {
                acquire(breaker).unwrap().success();
                has_succeeded.store(true, Ordering::Relaxed);
            }
        });
        let collects = beside(&breaker, |breaker| _ = breaker.metrics());
        assert!(breaker.stripes().log(breaker.word()), "the failure takes no lock");
        failed.store(true, Ordering::Release);
        succeeds.join().unwrap();
        collects.join().unwrap();
        let streak = u32::from(!succeeded.load(Ordering::Relaxed));
        assert_eq!(handle(&breaker).metrics().failure_streak(), streak);
    });
}
