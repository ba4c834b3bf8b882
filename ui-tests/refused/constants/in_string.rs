// fix by hand: `= 50.0` => `= 0.5`
use fluxgate::circuit_breaker;
use std::time::Duration;

const RATE: f64 = 50.0;

#[circuit_breaker(trip = "min(10) & failure_rate(RATE)")]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = Duration::ZERO;
}
