// fix by hand: `consecutive_failures(5), exponential(10s, 60s)` => `trip = failure_streak(5), retry = backoff(10s, max = 60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(consecutive_failures(5), exponential(10s, 60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
