// fix: `"failures(5) | in_flight(50) & min(10) & slow_rate(20%, 2s)"` => `failures(5) | in_flight(50) & min(10) & slow_rate(20%, 2s) | half_open & min(10) & slow_rate(0.5, 2s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "failures(5) | in_flight(50) & min(10) & slow_rate(20%, 2s)")]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
