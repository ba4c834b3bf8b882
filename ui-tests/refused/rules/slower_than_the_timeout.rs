// fix: `slow_rate(50%, 5s)` => `slow_rate(0.5, 2s)`
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

#[circuit_breaker(trip = min(10) & slow_rate(50%, 5s), timeout = 2s)]
async fn call() -> Result<(), Failed> {
    Ok(())
}

fn main() {
    drop(call());
}
