//! Raw string.

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

#[circuit_breaker(trip = r#"failure_streak(5)"#)]
fn call(fails: bool) -> Result<u32, Failure> {
    if fails { Err(Failure::Down) } else { Ok(1) }
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    assert_eq!(call(false), Ok(1));
    assert_eq!(call(true), Err(Failure::Down));
}
