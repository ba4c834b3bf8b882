// fix by hand: `slow_rate(0.5, 1s)` => `failure_rate(0.5)`
use fluxgate::circuit_breaker;

const CALLS: u32 = 5;

#[circuit_breaker(trip = closed & failures(CALLS) | half_open & min(CALLS) & slow_rate(0.5, 1s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
