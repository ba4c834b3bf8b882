//! Futures.

use std::future::Future;
use std::pin::Pin;

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
fn opaque(number: u32) -> impl Future<Output = Result<u32, Failure>> + Send {
    async move { Ok(number) }
}

#[circuit_breaker]
fn boxed(number: u32) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    if number == 0 {
        return Box::pin(std::future::ready(Err(Failure::Down)));
    }
    Box::pin(async move { Ok(number) })
}

#[allow(unused_parens)]
#[circuit_breaker]
fn parenthesized(number: u32) -> (Pin<Box<(dyn Future<Output = Result<u32, Failure>>)>>) {
    Box::pin(async move { Ok(number) })
}

#[circuit_breaker(fallback = async |_| Ok(9))]
fn with_async_fallback() -> impl Future<Output = Result<u32, Failure>> {
    std::future::ready(Err(Failure::Down))
}

pub fn main() {
    assert_eq!(run(opaque(1)), Ok(1));
    assert_eq!(run(boxed(0)), Err(Failure::Down));
    assert_eq!(run(parenthesized(1)), Ok(1));
    assert_eq!(run(with_async_fallback()), Ok(9));
}
