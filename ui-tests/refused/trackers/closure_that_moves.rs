// fix: `move |error| error.is_down()` => `custom(|error| error.is_down())`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[derive(Debug)]
pub enum Failure {
    Down,
    Away,
    NotFound,
    NotPermitted,
}

#[allow(unused_imports)]
use Failure::{Away, Down, NotFound};

impl Failure {
    pub fn is_down(&self) -> bool {
        matches!(self, Self::Down)
    }

    pub fn kind(&self) -> u32 {
        u32::from(self.is_down())
    }
}

impl From<CallNotPermitted> for Failure {
    fn from(_: CallNotPermitted) -> Self {
        Self::NotPermitted
    }
}

#[circuit_breaker(track = move |error| error.is_down())]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

fn main() {
    let _ = call();
    let _ = (Failure::Away, Failure::NotFound, Failure::Down.kind());
}
