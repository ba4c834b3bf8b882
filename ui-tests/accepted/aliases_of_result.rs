//! Aliases of result.

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

type Answer<T> = Result<T, Failure>;
type Plain = Answer<u32>;

#[circuit_breaker]
fn call() -> Plain {
    Ok(1)
}

#[circuit_breaker(track = matches(Failure::Down) | ok(5))]
async fn call_async() -> Answer<u32> {
    Ok(1)
}

#[circuit_breaker]
fn call_io() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker]
fn call_format() -> std::result::Result<(), fluxgate::Error<std::fmt::Error>> {
    Ok(())
}

pub fn main() {
    assert_eq!(call(), Ok(1));
    assert_eq!(run(call_async()), Ok(1));
    assert!(call_io().is_ok());
    assert!(call_format().is_ok());
}
