//! Handle and cfg.

use fluxgate::circuit_breaker;

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

#[circuit_breaker(handle = NEVER)]
#[cfg(any())]
fn never() -> Result<u32, Failure> {
    missing()
}

#[circuit_breaker(handle = ALWAYS)]
#[cfg(not(any()))]
fn always() -> Result<u32, Failure> {
    Ok(1)
}

pub fn main() {
    assert_eq!(always(), Ok(1));
    assert_eq!(ALWAYS.metrics().total(), 1);
}
