// fix by hand: `payments-{id}` => `payments`
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

#[circuit_breaker(name = "payments-{id}")]
fn charge(id: u32) -> Result<u32, Failure> {
    Ok(id)
}

fn call() {
    let _ = charge(1);
}

fn main() {
    let _ = (call(), Failure::Down, Failure::NotFound);
}
