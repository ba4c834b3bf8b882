//! Assertions that say what a breaker knows when they fail.

use std::fmt::Write as _;

use fluxgate_rules::duration::Spoken;

use crate::events::cause::Fraction;
use crate::handle::circuit_breaker::CircuitBreaker;
use crate::handle::error::CallNotPermitted;
use crate::state::State;

/// Asserts that the breaker is in this state. Changes nothing.
///
/// ```
/// # use fluxgate::{CircuitBreaker, State, testing::assert_state};
/// let breaker = CircuitBreaker::builder("payments").build()?;
/// assert_state(&breaker, State::Closed);
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
///
/// # Panics
/// If it is not, with its figures and its rule:
/// ``circuit breaker `payments` should be open, but has been closed for 3s: 4 of the last 9 calls failed, the last 2 in a row; its rule is
/// `min(10) & failure_rate(0.5)` ``.
#[track_caller]
pub fn assert_state(breaker: &CircuitBreaker, state: State) {
    assert!(breaker.state() == state, "{}", situation(breaker, &format!("be {state}")));
}

/// Asserts that the breaker refuses a call, and returns the refusal. This counts like any other refusal, and the first call after a pause
/// makes the breaker half-open.
///
/// # Panics
/// If the call is admitted; it counts as ignored.
#[track_caller]
pub fn assert_refuses(breaker: &CircuitBreaker) -> CallNotPermitted {
    match breaker.acquire() {
        Err(refusal) => refusal,
        Ok(call) => {
            call.ignore();
            panic!("{}", situation(breaker, "refuse a call"))
        }
    }
}

/// Asserts that the breaker admits a call, which then counts as ignored. The first call after a pause makes the breaker half-open.
///
/// # Panics
/// If the call is refused, with the refusal.
#[track_caller]
pub fn assert_admits(breaker: &CircuitBreaker) {
    match breaker.acquire() {
        Ok(call) => call.ignore(),
        Err(refusal) => panic!("{}\nthe refusal: {refusal}", situation(breaker, "admit a call")),
    }
}

fn situation(breaker: &CircuitBreaker, expected: &str) -> String {
    let snapshot = breaker.snapshot();
    let (name, state, since) = (breaker.breaker().name(), snapshot.state, snapshot.since);
    let mut text =
        format!("circuit breaker `{name}` should {expected}, but has been {state} for {}", Spoken(since));
    let (failures, total) = (snapshot.metrics.failures(), snapshot.metrics.total());
    // Writing to a string cannot fail.
    let _ = match total {
        0 => write!(text, ": no call yet"),
        _ => write!(text, ": {} failed", Fraction(failures, total)),
    };
    match snapshot.metrics.failure_streak() {
        0 => {}
        1 if total == 1 => {}
        1 => text.push_str(", including the last"),
        streak => drop(write!(text, ", the last {streak} in a row")),
    }
    if let Some(left) = snapshot.retry_after {
        let _ = write!(text, "; it tries again in {}", Spoken::wait(left));
    }
    let _ = write!(text, "; its rule is `{}`", snapshot.rule);
    text
}
