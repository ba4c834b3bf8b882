//! Breaker in a static.

use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    NotPermitted(fluxgate::CallNotPermitted),
}

impl From<fluxgate::CallNotPermitted> for Failure {
    fn from(refusal: fluxgate::CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

static PAYMENTS: CircuitBreaker = breaker!(name = "payments", trip = failure_streak(5));
static DEFAULT: CircuitBreaker = breaker!();

#[circuit_breaker(breaker = PAYMENTS)]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

#[circuit_breaker(breaker = crate_level::ELSEWHERE)]
fn other() -> Result<u32, Failure> {
    Ok(1)
}

mod crate_level {
    pub(super) static ELSEWHERE: fluxgate::CircuitBreaker = fluxgate::breaker!();
}

pub fn main() {
    assert_eq!(call(), Ok(1));
    assert_eq!(other(), Ok(1));
    assert_eq!(PAYMENTS.name(), "payments");
    assert!(DEFAULT.name().contains("breaker_in_a_static:"));
}
