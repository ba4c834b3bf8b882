//! Trackers joined.

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

#[circuit_breaker(track = all & !matches(Failure::NotPermitted(_)) | ok(2..=9 if cfg!(unix)) | returned(Ok(10)))]
fn call(fails: bool) -> Result<u32, Failure> {
    if fails { Err(Failure::Down) } else { Ok(1) }
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    assert_eq!(call(false), Ok(1));
    assert_eq!(call(true), Err(Failure::Down));
}
