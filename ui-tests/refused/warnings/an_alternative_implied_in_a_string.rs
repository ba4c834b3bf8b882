// fix by hand: `failures(5) | failures(9)` => `failures(5)`
#![deny(deprecated)]
use fluxgate::{CallNotPermitted, circuit_breaker};

#[derive(Debug)]
pub enum Failure {
    Down,
    NotFound,
    NotPermitted(CallNotPermitted),
}

impl From<CallNotPermitted> for Failure {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

#[circuit_breaker(trip = "failures(5) | failures(9)")]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

fn main() {
    let _ = (call(), Failure::Down, Failure::NotFound);
}
