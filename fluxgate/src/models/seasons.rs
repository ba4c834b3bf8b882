//! What was granted in one season is not used in another: a thread that stalls may go on after stripes were closed and opened again.

use super::*;

fn fail(breaker: &Breaker, times: usize) {
    (0..times).for_each(|_| acquire(breaker).unwrap().failure());
}

#[test]
fn a_failure_that_was_begun_before_the_stripes_were_opened_anew_is_one_of_those_granted_then() {
    let mut model = loom::model::Builder::new();
    // The other thread stalls once. More would take hours: so many calls are made meanwhile.
    model.preemption_bound = Some(2);
    model.max_branches = 10_000;
    model.check(|| {
        let breaker = breaker(window::count(100), trip::failures(18));
        // After two, failures are counted without the lock. Three are granted, of which this thread takes two, and both the last.
        fail(&breaker, 2 + 2);
        let other = beside(&breaker, |breaker| fail(breaker, 1));
        fail(&breaker, 1);
        // Closes the stripe. With the second failure after it, it is opened again, to two.
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
