// fix by hand: `from_secs(90)` => `from_secs(30)`
use std::time::Duration;

use fluxgate::circuit_breaker;

const LIMIT: Duration = Duration::from_secs(90);

#[derive(Debug)]
pub struct Failed;

impl From<fluxgate::CallNotPermitted> for Failed {
    fn from(_: fluxgate::CallNotPermitted) -> Self {
        Self
    }
}

impl From<fluxgate::TimedOut> for Failed {
    fn from(_: fluxgate::TimedOut) -> Self {
        Self
    }
}

#[circuit_breaker(timeout = LIMIT)]
async fn call() -> Result<(), Failed> {
    Ok(())
}

fn main() {
    drop(call());
}
