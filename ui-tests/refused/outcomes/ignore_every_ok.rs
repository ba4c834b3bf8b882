// fix by hand: `ignore = ok(_)` => `ignore = ok(0)`
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

#[circuit_breaker(ignore = ok(_))]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

fn main() {
    let _ = (call(), Failure::Down, Failure::NotFound);
}
