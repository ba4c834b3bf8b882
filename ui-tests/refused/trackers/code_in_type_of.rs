// fix: `type_of(Code::Unavailable)` => `custom(|error| error.code() == Code::Unavailable)`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[derive(Clone, Copy, PartialEq)]
enum Code {
    Unavailable,
}

/// Like that of tonic.
struct Status(Code);

impl Status {
    fn code(&self) -> Code {
        self.0
    }
}

impl From<CallNotPermitted> for Status {
    fn from(_: CallNotPermitted) -> Self {
        Self(Code::Unavailable)
    }
}

#[circuit_breaker(track = type_of(Code::Unavailable))]
fn call() -> Result<(), Status> {
    Err(Status(Code::Unavailable))
}

fn main() {
    let _ = call();
}
