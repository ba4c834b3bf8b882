// fix: `"failureRateThreshold": 50, "slidingWindowSize": 20` => `trip = min(10) & failure_rate(50%), window = count(20)`
use fluxgate::circuit_breaker;

#[circuit_breaker("failureRateThreshold": 50, "slidingWindowSize": 20)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
