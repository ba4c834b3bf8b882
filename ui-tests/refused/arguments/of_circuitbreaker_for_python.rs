// fix: `failure_threshold = 5, recovery_timeout = 30` => `trip = failure_streak(5), retry = cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failure_threshold = 5, recovery_timeout = 30)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
