// fix by hand: `|metrics, _|` => `|metrics|`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(0.5) | custom(|metrics, _| metrics.failures() > 5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
