// fix by hand: `= 0;` => `= 10;`
use fluxgate::circuit_breaker;
use std::time::Duration;

const CALLS: u32 = 0;

#[circuit_breaker(trip = min(CALLS) & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = Duration::ZERO;
}
