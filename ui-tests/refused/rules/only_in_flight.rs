// fix: `in_flight(50)` => `in_flight(50) | half_open & min(10) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = in_flight(50))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
