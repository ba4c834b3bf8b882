// fix by hand: `-> u32 {\n    metrics.failures() as u32` => `-> bool {\n    metrics.failures() > 5`
use fluxgate::{Metrics, circuit_breaker};

fn is_down(metrics: &Metrics) -> u32 {
    metrics.failures() as u32
}

#[circuit_breaker(trip = min(10) & failure_rate(0.5) | custom(is_down))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
