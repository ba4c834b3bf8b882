//! Lifetimes.

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
fn call<'a, 'b: 'a>(first: &'a str, _second: &'b str) -> Result<&'a str, Failure> {
    Ok(first)
}

#[circuit_breaker]
async fn call_async<'a>(first: &'a str, _second: &str) -> Result<std::borrow::Cow<'a, str>, Failure> {
    Ok(first.into())
}

#[circuit_breaker]
#[allow(clippy::elidable_lifetime_names, reason = "that they may be named is what is shown")]
fn call_future<'a>(text: &'a str) -> impl std::future::Future<Output = Result<&'a str, Failure>> + 'a {
    std::future::ready(Ok(text))
}

pub fn main() {
    assert_eq!(call("a", "b"), Ok("a"));
    assert_eq!(run(call_async("a", "b")).unwrap(), "a");
    assert_eq!(run(call_future("a")), Ok("a"));
}
