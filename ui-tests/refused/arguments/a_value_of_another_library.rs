// fix: `fallback_value = 0` => `fallback = |_| Ok(0)`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(trip = failure_streak(3), fallback_value = 0)]
fn work() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = work();
}
