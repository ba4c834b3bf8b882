//! The process uses a custom clock. The clock belongs to the process, so this test has its own.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fluxgate::{CircuitBreaker, Clock, State, Transition, breaker, circuit_breaker};
use fluxgate_tests::failure::Failure;

static SECONDS: AtomicU64 = AtomicU64::new(1_000);
/// Whether the clock's next reading uses a breaker that reads the clock.
static CURIOUS: AtomicBool = AtomicBool::new(false);
static PANICS: AtomicBool = AtomicBool::new(false);

struct Curious;

impl Clock for Curious {
    fn now(&self) -> Duration {
        if CURIOUS.swap(false, Ordering::SeqCst) {
            // Takes the lock.
            COUNTED.listen(|_: &Transition| {});
        }
        if PANICS.load(Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new("contained"));
        }
        Duration::from_secs(SECONDS.load(Ordering::SeqCst))
    }
}

fn pass(seconds: u64) {
    SECONDS.fetch_add(seconds, Ordering::SeqCst);
}

/// The breaker reads the time only when it opens, while its lock is held.
#[circuit_breaker(window = count(10), trip = failure_streak(3), retry = cooldown(30s), permit = all, handle = COUNTED)]
fn counted(works: bool) -> Result<(), Failure> {
    if works { Ok(()) } else { Err(Failure::Down) }
}

static TIMED: CircuitBreaker = breaker!(window = time(10s), trip = min(2) & slow_rate(1.0, 5s), permit = all);

#[test]
fn breakers_read_the_clock_that_was_set() {
    fluxgate::set_clock(Curious).expect("nobody has read the time");
    let error = fluxgate::set_clock(Curious).expect_err("once is enough");
    assert!(error.to_string().contains("at the beginning of `main`"), "{error}");

    // The clock decides what is slow and what is evicted.
    for _ in 0..2 {
        let call = TIMED.acquire().expect("closed");
        pass(6);
        call.success();
        pass(20);
    }
    assert_eq!(TIMED.state(), State::Closed);
    for _ in 0..2 {
        let call = TIMED.acquire().expect("closed");
        pass(5);
        call.success();
    }
    assert_eq!(TIMED.state(), State::Open);

    for panics in [false, true] {
        for _ in 0..2 {
            counted(false).expect_err("it fails");
        }
        CURIOUS.store(true, Ordering::SeqCst);
        PANICS.store(panics, Ordering::SeqCst);
        counted(false).expect_err("the third in a row");
        PANICS.store(false, Ordering::SeqCst);
        assert_eq!(COUNTED.state(), State::Open);
        assert_eq!(COUNTED.snapshot().retry_after, Some(Duration::from_secs(30)));
        pass(29);
        let Err(Failure::NotPermitted(refusal)) = counted(true) else { panic!("it is open") };
        assert_eq!(refusal.retry_after(), Some(Duration::from_secs(1)));
        pass(1);
        for _ in 0..3 {
            counted(true).expect("it is due");
        }
        assert_eq!(COUNTED.state(), State::Closed);
    }
}
