//! Functions as values.

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

#[circuit_breaker]
fn call(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

pub fn main() {
    let pointer: fn(u32) -> Result<u32, Failure> = call;
    assert_eq!((0..3).map(pointer).collect::<Result<Vec<_>, _>>(), Ok(vec![0, 1, 2]));
}
