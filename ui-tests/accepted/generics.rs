//! Generics.

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
fn call<T, const N: usize>(value: T) -> Result<[T; N], Failure>
where
    T: Copy,
{
    Ok([value; N])
}

#[circuit_breaker]
async fn call_async<T: Send>(value: T, _: impl Fn() + Send) -> Result<T, Failure> {
    Ok(value)
}

#[circuit_breaker]
fn call_error<E: From<fluxgate::CallNotPermitted>>(error: E) -> Result<u32, E> {
    Err(error)
}

pub fn main() {
    assert_eq!(call::<_, 2>(1), Ok([1, 1]));
    assert_eq!(run(call_async(1, || {})), Ok(1));
    assert_eq!(call_error(Failure::Down), Err(Failure::Down));
}
