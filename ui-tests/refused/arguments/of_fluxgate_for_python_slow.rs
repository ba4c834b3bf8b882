// fix: `slow_threshold = 1.0, tripper = MinRequests(10) & SlowRate(0.5)` => `trip = min(10) & slow_rate(0.5, 1s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(slow_threshold = 1.0, tripper = MinRequests(10) & SlowRate(0.5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
