// fix by hand: `failures(2)` => `min(2) & slow_rate(1.0, 1s)`
use fluxgate::circuit_breaker;

const CALLS: u32 = 5;

#[circuit_breaker(trip = closed & min(CALLS) & slow_rate(0.5, 1s) | half_open & failures(2))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
