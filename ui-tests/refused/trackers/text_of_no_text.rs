// fix by hand: `matches("down")` => `matches(Failure::Down)`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[derive(Debug)]
pub enum Failure {
    Down,
    NotPermitted(CallNotPermitted),
}

impl From<CallNotPermitted> for Failure {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

#[circuit_breaker(track = matches("down"))]
fn call() -> Result<u32, Failure> {
    Err(Failure::Down)
}

fn main() {
    let _ = call();
}
