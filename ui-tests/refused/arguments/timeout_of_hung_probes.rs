// fix by hand: `timeout = 90s` => `timeout = 90s, half_open_timeout = 3m`
use fluxgate::circuit_breaker;

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

#[circuit_breaker(timeout = 90s)]
async fn call() -> Result<(), Failed> {
    Ok(())
}

fn main() {
    drop(call());
}
