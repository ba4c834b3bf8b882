// fix by hand: `from_nanos(999)` => `from_micros(1)`
use fluxgate::circuit_breaker;

const SLOW: std::time::Duration = std::time::Duration::from_nanos(999);

#[circuit_breaker(trip = min(10) & avg_latency(SLOW))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
