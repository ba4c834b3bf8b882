// fix by hand: `avg_latency(30s)` => `avg_latency(3s)`
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

#[circuit_breaker(window = time(10s), trip = min(10) & avg_latency(30s))]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

fn main() {
    let _ = (call(), Failure::Down, Failure::NotFound);
}
