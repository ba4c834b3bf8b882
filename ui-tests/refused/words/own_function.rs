// fix by hand: `trip = is_down` => `trip = custom(is_down)`
use fluxgate::circuit_breaker;

fn is_down(metrics: &fluxgate::Metrics) -> bool {
    metrics.failures() > 5
}

#[circuit_breaker(trip = is_down)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
