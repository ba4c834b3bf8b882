//! Failing for a time, in both spellings.

use fluxgate::{State, circuit_breaker};
use std::time::Duration;

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

const LONG: Duration = Duration::from_secs(5);

#[circuit_breaker(trip = failing_for(LONG), handle = BARE)]
fn bare() -> Result<u32, Failure> {
    Err(Failure::Down)
}

#[circuit_breaker(trip = "failure_streak(3) & failing_for(5s)", handle = QUOTED)]
fn quoted() -> Result<u32, Failure> {
    Err(Failure::Down)
}

pub fn main() {
    let clock = fluxgate::testing::isolate();
    for _ in 0..3 {
        let _ = (bare(), quoted());
    }
    assert_eq!((BARE.state(), QUOTED.state()), (State::Closed, State::Closed));
    clock.advance(LONG);
    let _ = (bare(), quoted());
    assert_eq!((BARE.state(), QUOTED.state()), (State::Open, State::Open));
}
