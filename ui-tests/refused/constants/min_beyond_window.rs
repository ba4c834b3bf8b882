// fix by hand: `200` => `100`
use fluxgate::circuit_breaker;
use std::time::Duration;

const CALLS: u32 = 200;

#[circuit_breaker(window = count(100), trip = min(CALLS) & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = Duration::ZERO;
}
