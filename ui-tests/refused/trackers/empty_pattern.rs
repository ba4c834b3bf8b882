// fix by hand: `ok()` => `ok(500..)`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[derive(Debug)]
pub enum Failure {
    NotFound,
    Status(u16),
    NotPermitted,
}

impl From<CallNotPermitted> for Failure {
    fn from(_: CallNotPermitted) -> Self {
        Self::NotPermitted
    }
}

pub fn is_server_error(error: &Failure) -> bool {
    matches!(error, Failure::Status(500..))
}

#[circuit_breaker(track = ok())]
fn call() -> Result<u16, Failure> {
    Ok(200)
}

fn main() {
    let _ = call();
    let _ = is_server_error(&Failure::NotFound);
}
