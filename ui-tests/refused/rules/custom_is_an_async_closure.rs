// fix by hand: `async |metrics|` => `|metrics|`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(0.5) | custom(async |metrics| metrics.failures() > 5))]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
