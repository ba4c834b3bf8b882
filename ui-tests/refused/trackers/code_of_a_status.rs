// fix: `[Code::NotFound, Code::AlreadyExists]` => `custom(|error| matches!(error.code(), Code::NotFound | Code::AlreadyExists))`
use fluxgate::{CallNotPermitted, circuit_breaker};

enum Code {
    NotFound,
    AlreadyExists,
    Unavailable,
}

/// Like that of tonic.
struct Status(Code);

impl Status {
    fn code(&self) -> &Code {
        &self.0
    }
}

impl From<CallNotPermitted> for Status {
    fn from(_: CallNotPermitted) -> Self {
        Self(Code::Unavailable)
    }
}

#[circuit_breaker(success = [Code::NotFound, Code::AlreadyExists])]
fn call() -> Result<(), Status> {
    Err(Status(Code::NotFound))
}

fn main() {
    let _ = call();
}
