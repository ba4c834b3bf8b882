// fix by hand: `matches(Away | Down)` => `matches(Failure::Away | Failure::Down)`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[derive(Debug)]
pub enum Failure {
    Down,
    Away,
    Http(Status),
    NotPermitted,
}

#[derive(Debug)]
pub enum Status {
    NotFound,
    Other(u16),
}

impl From<CallNotPermitted> for Failure {
    fn from(_: CallNotPermitted) -> Self {
        Self::NotPermitted
    }
}

#[circuit_breaker(success = matches(Away | Down))]
fn call(number: u16) -> Result<u16, Failure> {
    match number {
        0 => Err(Failure::Down),
        1 => Err(Failure::Away),
        2 => Err(Failure::Http(Status::Other(503))),
        3 => Err(Failure::Http(Status::NotFound)),
        _ => Ok(number),
    }
}

fn main() {
    let _ = call(0);
}
