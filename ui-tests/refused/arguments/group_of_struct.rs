// fix: `CircuitBreakerConfig { failure_rate: 0.5, window: 100 }` => `trip = min(10) & failure_rate(0.5), window = count(100)`
use fluxgate::circuit_breaker;

#[circuit_breaker(CircuitBreakerConfig { failure_rate: 0.5, window: 100 })]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
