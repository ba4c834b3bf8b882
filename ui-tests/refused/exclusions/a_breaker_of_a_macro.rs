// fix by hand: `breaker = breaker!(trip = failure_streak(5))` => `trip = failure_streak(5)`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(breaker = breaker!(trip = failure_streak(5)))]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = call();
}
