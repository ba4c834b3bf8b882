//! Coercions.

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
fn call() -> Result<Box<dyn Fn(u32) -> u32>, Failure> {
    if cfg!(any()) {
        return Ok(Box::new(|number| number));
    }
    Ok(Box::new(|number| number + 1))
}

#[circuit_breaker]
async fn call_async() -> Result<Box<dyn Fn(u32) -> u32>, Failure> {
    if cfg!(any()) {
        return Ok(Box::new(|number| number));
    }
    Ok(Box::new(|number| number + 1))
}

#[circuit_breaker]
async fn call_slice(numbers: &[u32; 3]) -> Result<&[u32], Failure> {
    Ok(numbers)
}

pub fn main() {
    assert_eq!(call().unwrap()(1), 2);
    assert_eq!(run(call_async()).unwrap()(1), 2);
    assert_eq!(run(call_slice(&[1, 2, 3])).unwrap().len(), 3);
}
