//! Recursion.

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
fn call(number: u32) -> Result<u32, Failure> {
    if number == 0 { Ok(0) } else { Ok(call(number - 1)? + 1) }
}

#[circuit_breaker]
fn call_boxed(number: u32) -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u32, Failure>>>> {
    Box::pin(async move { if number == 0 { Ok(0) } else { Ok(call_boxed(number - 1).await? + 1) } })
}

pub fn main() {
    assert_eq!(call(5), Ok(5));
    assert_eq!(run(call_boxed(5)), Ok(5));
}
