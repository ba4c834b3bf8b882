//! Constants.

use std::time::Duration;

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

const CALLS: u32 = 10;
const RATE: f64 = 0.5;
const WAIT: Duration = Duration::from_secs(5);

mod limits {
    pub(super) const SIZE: usize = 50;
}

#[circuit_breaker(
    window = count(limits::SIZE),
    trip = min(CALLS * 2) & failure_rate(RATE) | min(CALLS) & slow_rate(RATE / 2.0, WAIT),
    retry = cooldown(WAIT, jitter = RATE / 5.0),
    half_open_timeout = Duration::from_secs(60 * 60),
    max_half_open_calls = CALLS
)]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

pub fn main() {
    assert_eq!(call(), Ok(1));
}
