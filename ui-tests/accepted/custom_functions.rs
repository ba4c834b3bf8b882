//! Custom functions.

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

fn many(metrics: &fluxgate::Metrics) -> bool {
    metrics.failures() > 3
}

fn delay(reopens: u32) -> std::time::Duration {
    std::time::Duration::from_secs(1 + u64::from(reopens))
}

fn admits(in_half_open: std::time::Duration) -> bool {
    in_half_open.as_secs() > 3
}

fn is_down(error: &Failure) -> bool {
    *error == Failure::Down
}

#[circuit_breaker(trip = min(5) & custom(many), retry = custom(self::delay), permit = custom(admits), track = custom(is_down))]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

pub fn main() {
    assert_eq!(call(), Ok(1));
}
