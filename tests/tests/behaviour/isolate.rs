//! Under `isolate`, this thread's breakers start fresh and read a manual clock.

use std::panic::catch_unwind;
use std::sync::Barrier;

use fluxgate::testing::{isolate, unisolated};
use fluxgate::{CircuitBreaker, State, breaker, circuit_breaker};
use fluxgate_tests::failure::Failure;
use fluxgate_tests::fixture::{seconds, together};

static SHARED: CircuitBreaker = breaker!(
    name = "isolate: shared",
    window = count(10),
    trip = min(10) & failure_rate(0.5),
    retry = cooldown(30s),
    permit = all
);

#[circuit_breaker(window = count(5), trip = failure_streak(3), retry = cooldown(10s), permit = all, handle = GUARDED)]
fn guarded(works: bool) -> Result<(), Failure> {
    if works { Ok(()) } else { Err(Failure::Down) }
}

fn break_it(breaker: &CircuitBreaker) {
    while breaker.state() == State::Closed {
        let _ = breaker.call(|| Err::<(), _>(()));
    }
}

#[test]
fn statics_start_fresh() {
    for _ in 0..3 {
        let _isolation = isolate();
        assert_eq!(SHARED.state(), State::Closed);
        assert_eq!(SHARED.metrics().total(), 0);
        break_it(&SHARED);
        assert_eq!(SHARED.state(), State::Open);
    }
}

#[test]
fn a_guard_that_replaces_another_starts_fresh_too() {
    let mut isolation = isolate();
    break_it(&SHARED);
    isolation.advance(seconds(5));
    isolation = isolate();
    assert_eq!((SHARED.state(), SHARED.snapshot().since), (State::Closed, seconds(0)));
    break_it(&SHARED);
    isolation.advance(seconds(3));
    assert_eq!(SHARED.snapshot().since, seconds(3));
    {
        let _inner = isolate();
        assert_eq!(SHARED.state(), State::Closed);
    }
    assert_eq!(SHARED.state(), State::Open);
}

#[test]
fn statics_read_the_manual_clock() {
    let isolation = isolate();
    break_it(&SHARED);
    assert_eq!(SHARED.snapshot().retry_after, Some(seconds(30)));
    isolation.advance(seconds(29));
    assert_eq!(SHARED.snapshot().retry_after, Some(seconds(1)));
    isolation.clock().advance(seconds(1));
    SHARED.acquire().expect("due").success();
    assert_eq!(SHARED.state(), State::HalfOpen);
}

#[test]
fn annotated_functions_are_isolated_too() {
    for _ in 0..2 {
        let isolation = isolate();
        for _ in 0..3 {
            assert!(matches!(guarded(false), Err(Failure::Down)));
        }
        assert!(matches!(guarded(true), Err(Failure::NotPermitted(_))));
        assert_eq!(GUARDED.state(), State::Open);
        isolation.advance(seconds(10));
        for _ in 0..3 {
            assert!(guarded(true).is_ok());
        }
        assert_eq!(GUARDED.state(), State::Closed);
    }
}

#[test]
fn an_isolated_test_leaves_the_real_breaker_alone() {
    static QUIET: CircuitBreaker = breaker!(name = "isolate: quiet", trip = failure_streak(2));
    {
        let _isolation = isolate();
        break_it(&QUIET);
        assert_eq!(QUIET.state(), State::Open);
    }
    assert_eq!(QUIET.state(), State::Closed);
    QUIET.call(|| Ok::<_, ()>(())).expect("closed");
    {
        let _isolation = isolate();
        assert_eq!(QUIET.metrics().total(), 0);
    }
    assert_eq!(QUIET.metrics().total(), 1);
}

#[test]
fn threads_do_not_disturb_each_other() {
    let barrier = Barrier::new(4);
    together(4, |nth| {
        let isolation = isolate();
        barrier.wait();
        if nth % 2 == 0 {
            break_it(&SHARED);
        } else {
            SHARED.call(|| Ok::<_, ()>(())).expect("closed");
        }
        barrier.wait();
        let expected = if nth % 2 == 0 { State::Open } else { State::Closed };
        assert_eq!(SHARED.state(), expected);
        isolation.advance(seconds(nth as u64));
        barrier.wait();
        assert_eq!(SHARED.snapshot().since, seconds(nth as u64));
    });
}

#[test]
fn each_value_is_its_own_breaker() {
    let _isolation = isolate();
    let breakers: Vec<CircuitBreaker> =
        (0..3).map(|_| breaker!(name = "isolate: value", trip = failures(2))).collect();
    break_it(&breakers[1]);
    let states: Vec<State> = breakers.iter().map(CircuitBreaker::state).collect();
    assert_eq!(states, [State::Closed, State::Open, State::Closed]);
}

#[test]
fn a_value_does_not_inherit_from_one_at_the_same_address() {
    let _isolation = isolate();
    for _ in 0..10 {
        let first = breaker!(name = "isolate: first", trip = failure_streak(1));
        break_it(&first);
        drop(first);
        let second = breaker!(name = "isolate: second", trip = failure_streak(2));
        assert_eq!((second.state(), second.snapshot().name.as_str()), (State::Closed, "isolate: second"));
        break_it(&second);
    }
}

/// The only way to reach the breaker of a method or function without a `handle`.
#[test]
fn breakers_are_found_by_their_names() {
    #[circuit_breaker(name = "isolate: found", trip = failure_streak(1))]
    fn found() -> Result<(), Failure> {
        Err(Failure::Down)
    }

    for _ in 0..2 {
        let isolation = isolate();
        let _ = found();
        let breaker = fluxgate::find("isolate: found").expect("it has been used");
        assert_eq!(breaker.state(), State::Open);
        isolation.advance(seconds(7));
        assert_eq!(breaker.snapshot().since, seconds(7));
    }
    assert_eq!(fluxgate::find("isolate: found").expect("still there").state(), State::Closed);
}

/// Regression: thread-local values are destroyed one by one, so one may be gone when another needs it; accessing it would abort
/// the process.
#[test]
fn a_destructor_of_a_thread_may_use_a_breaker() {
    static LAST: CircuitBreaker = breaker!(name = "isolate: last", trip = failure_streak(2));

    struct Last;

    impl Drop for Last {
        fn drop(&mut self) {
            // Ending an isolation that was left to the thread, or starting one too late, is harmless, too.
            drop(GUARD.try_with(std::cell::RefCell::take));
            let isolation = isolate();
            LAST.call(|| Err::<(), _>(())).expect_err("it fails");
            drop(isolation);
        }
    }

    thread_local! {
        static ENDS: Last = const { Last };
        static GUARD: std::cell::RefCell<Option<fluxgate::testing::Isolation>> = const { std::cell::RefCell::new(None) };
    }

    let elsewhere = isolate();
    assert_eq!(SHARED.state(), State::Closed);
    for kept in [false, true] {
        std::thread::spawn(move || {
            ENDS.with(|_| {});
            if kept {
                GUARD.set(Some(isolate()));
            }
            // What a thread creates later is destroyed earlier.
            LAST.call(|| Ok::<_, ()>(())).expect("closed");
        })
        .join()
        .expect("it ends");
    }
    drop(elsewhere);
    assert_eq!(LAST.metrics().failures(), 2, "in the real breaker: the double was gone");
}

/// Regression: the guard is dropped at once, and the test used the real breaker silently.
#[test]
fn a_guard_that_is_not_kept_is_reported() {
    static DROPPED: CircuitBreaker = breaker!(name = "dropped guard", trip = failure_streak(1));
    let _ = isolate();
    let panic = catch_unwind(|| DROPPED.trip()).expect_err("the isolation has ended");
    let text = panic.downcast_ref::<String>().expect("a message");
    assert!(
        text.starts_with("circuit breaker `dropped guard` is used after `isolate()` has ended")
            && text.contains("write `let _isolation = isolate();`"),
        "{text}"
    );
    {
        let _isolation = isolate();
        drop(isolate());
        assert_eq!(DROPPED.state(), State::Closed);
    }
    assert_eq!(DROPPED.state(), State::Closed, "the last isolation was used");
    drop(isolate());
    let _unisolated = unisolated();
    assert_eq!(DROPPED.state(), State::Closed);
}
