//! Two breakers.

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

static FIRST: CircuitBreaker = breaker!();

#[circuit_breaker(breaker = FIRST)]
#[circuit_breaker(handle = SECOND)]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

pub fn main() {
    assert_eq!(call(), Ok(1));
    assert_eq!(FIRST.metrics().total(), SECOND.metrics().total());
}
