// fix by hand: `, success = custom(is_minor)` => ``
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

fn is_minor(error: &Failure) -> bool {
    matches!(error, Failure::NotFound)
}

#[circuit_breaker(track = custom(is_minor), success = custom(is_minor))]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

fn main() {
    let _ = (call(), Failure::Down, Failure::NotFound);
}
