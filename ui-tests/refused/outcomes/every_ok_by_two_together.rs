// fix by hand: `track = all | ok(Some(_))` => `track = all`
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

#[circuit_breaker(ignore = ok(None), track = all | ok(Some(_)))]
fn call() -> Result<Option<u32>, Failure> {
    Ok(None)
}

fn main() {
    let _ = (call(), Failure::Down, Failure::NotFound);
}
