// fix by hand: `ignore = type_of(CallNotPermitted)` => `ignore = type_of(std::num::ParseIntError)`
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

#[circuit_breaker(
    track = type_of(CallNotPermitted) & type_of(std::fmt::Error),
    ignore = type_of(CallNotPermitted),
    rejected = |_| Err(std::io::ErrorKind::Other.into()),
)]
fn fetch() -> std::io::Result<u32> {
    Ok(1)
}

fn call() -> Result<u32, Failure> {
    fetch().map_err(|_| Failure::Down)
}

fn main() {
    let _ = (call(), Failure::Down, Failure::NotFound);
}
