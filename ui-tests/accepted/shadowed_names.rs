//! Shadowed names.

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

#[circuit_breaker(track = custom(|error| *error == Failure::Down), rejected = |refusal| Err(refusal.into()))]
fn call(call: u8, breaker: u8, returned: u8, error: u8, value: u8, refusal: u8) -> Result<u8, Failure> {
    let outcome = call + breaker;
    let probe = returned + error;
    Ok(outcome + probe + value + refusal)
}

#[circuit_breaker(fallback = |failed| Err(failed))]
async fn call_async(call: u8, failed: u8, future: u8, outcome: u8) -> Result<u8, Failure> {
    Ok(call + failed + future + outcome)
}

pub fn main() {
    assert_eq!(call(1, 2, 3, 4, 5, 6), Ok(21));
    assert_eq!(run(call_async(1, 2, 3, 4)), Ok(10));
}
