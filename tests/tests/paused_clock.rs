//! A test pauses tokio's clock before any breaker has read the time. The clock belongs to the process, so this test has its own.

use std::time::Duration;

use fluxgate::{CircuitBreaker, State, retry, trip};

/// Regression: whatever the clock was advanced by between the pause and the first reading was lost.
#[tokio::test(start_paused = true)]
async fn no_time_is_lost_if_the_clock_was_paused_before_it_was_first_read() {
    let minute = Duration::from_secs(60);
    let builder =
        CircuitBreaker::builder("late").trip(trip::failure_streak(1)).retry(retry::cooldown(minute));
    let breaker = builder.build().expect("valid");
    // On that thread, time has not been paused, and it is read there first.
    let there = breaker.clone();
    std::thread::spawn(move || there.call(|| Err::<(), _>("down")))
        .join()
        .expect("no panic")
        .expect_err("down");
    breaker.reset();
    breaker.call(|| Err::<(), _>("down")).expect_err("down");
    tokio::time::advance(minute).await;
    assert!(breaker.is_due());
    assert_eq!((breaker.state(), breaker.snapshot().since), (State::Open, minute));
}
