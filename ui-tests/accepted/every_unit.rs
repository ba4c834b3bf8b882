//! Every unit.

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

#[circuit_breaker(trip = min(10) & (slow_rate(0.5, 250us) | slow_rate(0.4, 500ms) | avg_latency(1.5s)), retry = cooldown(2m), half_open_timeout = 1h)]
fn call(fails: bool) -> Result<u32, Failure> {
    if fails { Err(Failure::Down) } else { Ok(1) }
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    assert_eq!(call(false), Ok(1));
    assert_eq!(call(true), Err(Failure::Down));
}
