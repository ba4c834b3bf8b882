//! Outer attributes.

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

/// Calls.
#[inline]
#[cold]
#[circuit_breaker]
#[allow(clippy::unnecessary_wraps)]
pub fn call(#[allow(unused)] number: u32) -> Result<u32, Failure> {
    Ok(1)
}

pub fn main() {
    assert_eq!(call(1), Ok(1));
}
