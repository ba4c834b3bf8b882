// fix: `closed & failures(5) | half_open & min(5) & slow_rate(0.5, 1s)` => `closed & failures(5) | half_open & min(5) & slow_rate(0.5, 1s) | half_open & min(10) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = closed & failures(5) | half_open & min(5) & slow_rate(0.5, 1s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
