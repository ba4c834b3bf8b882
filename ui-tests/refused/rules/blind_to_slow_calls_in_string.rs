// fix: `closed & min(9) & slow_rate(0.5, 1s) | half_open & failures(2)` => `closed & min(9) & slow_rate(0.5, 1s) | half_open & failures(2) | half_open & min(10) & slow_rate(0.5, 1s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "closed & min(9) & slow_rate(0.5, 1s) | half_open & failures(2)")]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
