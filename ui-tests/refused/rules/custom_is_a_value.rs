// fix by hand: `None` => `is_down`
use fluxgate::{Metrics, circuit_breaker};

pub fn is_down(metrics: &Metrics) -> bool {
    metrics.failures() > 5
}

#[circuit_breaker(trip = min(10) & failure_rate(0.5) | custom(None))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
