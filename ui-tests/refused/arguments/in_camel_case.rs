// fix by hand: `failureThreshold = 5, resetTimeout = 30s` => `trip = failure_streak(5), retry = cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failureThreshold = 5, resetTimeout = 30s)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
