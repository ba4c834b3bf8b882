//! Never returns.

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

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
fn call(number: u32) -> Result<std::convert::Infallible, Failure> {
    if number == 0 { Err(Failure::Down) } else { std::process::exit(0) }
}

#[circuit_breaker]
async fn diverges(number: u32) -> Result<u32, Failure> {
    if number > 0 {
        return Ok(number);
    }
    panic!("never called so")
}

pub fn main() {
    assert!(call(0).is_err());
    assert_eq!(run(diverges(1)), Ok(1));
}
