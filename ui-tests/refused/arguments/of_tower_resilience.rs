// fix: `failure_rate_threshold = 0.5, wait_duration_in_open = 30s` => `trip = min(10) & failure_rate(0.5), retry = cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failure_rate_threshold = 0.5, wait_duration_in_open = 30s)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
