// fix: `CircuitBreakerConfig.custom().failureRateThreshold(50).build()` => `trip = min(10) & failure_rate(50%)`
use fluxgate::circuit_breaker;

#[circuit_breaker(CircuitBreakerConfig.custom().failureRateThreshold(50).build())]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
