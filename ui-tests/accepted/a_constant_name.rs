//! A constant name.

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

const NAME: &str = "payments";

#[circuit_breaker(name = NAME, handle = CALL)]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

pub fn main() {
    assert_eq!(call(), Ok(1));
    assert_eq!(CALL.name(), "payments");
}
