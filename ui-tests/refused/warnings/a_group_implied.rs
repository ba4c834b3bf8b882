// fix by hand: ` | min(20) & failure_rate(0.6)` => ``
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

#[circuit_breaker(trip = min(10) & failure_rate(0.5) | min(20) & failure_rate(0.6))]
async fn fetch() -> Result<u32, Failure> {
    Ok(1)
}

fn call() {
    drop(fetch());
}

fn main() {
    let _ = (call(), Failure::Down, Failure::NotFound);
}
