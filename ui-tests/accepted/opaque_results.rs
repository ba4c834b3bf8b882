//! Opaque results.

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
fn call() -> Result<impl Iterator<Item = u32> + Clone, Failure> {
    Ok(0..3)
}

#[circuit_breaker(fallback = |_| Ok(0..1))]
async fn call_async() -> Result<impl Iterator<Item = u32>, Failure> {
    Ok(0..3)
}

pub fn main() {
    assert_eq!(call().unwrap().count(), 3);
    assert_eq!(run(call_async()).unwrap().count(), 3);
}
