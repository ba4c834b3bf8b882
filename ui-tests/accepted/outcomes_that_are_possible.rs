//! Trackers that share patterns, and still leave both outcomes; and those that leave no failure where something else trips.

use std::time::Duration;

use fluxgate::{CallNotPermitted, CircuitBreaker, Metrics, breaker, circuit_breaker};

static SHARED: CircuitBreaker = breaker!(trip = min(1) & slow_rate(0.5, 1s));

#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    NotFound,
    NotPermitted,
}

impl From<CallNotPermitted> for Failure {
    fn from(_: CallNotPermitted) -> Self {
        Self::NotPermitted
    }
}

fn takes_long(metrics: &Metrics) -> bool {
    metrics.avg_latency().is_some_and(|average| average > Duration::from_secs(1))
}

#[circuit_breaker(track = all, success = matches(Failure::NotFound), handle = MOST)]
fn most(result: Result<u32, Failure>) -> Result<u32, Failure> {
    result
}

#[circuit_breaker(track = matches(Failure::Down | Failure::NotFound if number > 1), success = matches(Failure::Down if number == 2))]
fn guarded(number: u32) -> Result<u32, Failure> {
    Err(Failure::Down)
}

#[circuit_breaker(success = all, trip = min(10) & slow_rate(0.5, 1s))]
fn slow() -> Result<u32, Failure> {
    Err(Failure::Down)
}

#[circuit_breaker(success = all, trip = min(10) & custom(takes_long))]
fn custom() -> Result<u32, Failure> {
    Err(Failure::Down)
}

#[circuit_breaker(success = all, on_panic = failure)]
fn panics() -> Result<u32, Failure> {
    Err(Failure::Down)
}

#[circuit_breaker(success = all, on_cancel = failure(after = 2s))]
async fn given_up() -> Result<u32, Failure> {
    Err(Failure::Down)
}

#[circuit_breaker(success = all, breaker = SHARED)]
fn shared() -> Result<u32, Failure> {
    Err(Failure::Down)
}

#[circuit_breaker(ignore = ok(None), track = all | ok(Some(0)), handle = CACHED)]
fn cached(number: Option<u32>) -> Result<Option<u32>, Failure> {
    Ok(number)
}

#[circuit_breaker(track = returned(true), ignore = returned(false if number == 0), rejected = |_| false)]
fn either(number: u32) -> bool {
    number > 1
}

pub fn main() {
    let _ = (most(Err(Failure::NotFound)), most(Err(Failure::Down)));
    assert_eq!((MOST.metrics().failures(), MOST.metrics().total()), (1, 2));
    for _ in 0..100 {
        assert_eq!((slow(), custom(), panics(), shared()), (
            Err(Failure::Down),
            Err(Failure::Down),
            Err(Failure::Down),
            Err(Failure::Down)
        ));
    }
    let _ = (cached(None), cached(Some(0)), cached(Some(1)));
    assert_eq!((CACHED.metrics().failures(), CACHED.metrics().total()), (1, 2));
    assert!(guarded(1).is_err() && either(2) && !either(0));
    drop(given_up());
}
