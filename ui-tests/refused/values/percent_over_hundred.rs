// fix: `150%` => `1.0`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(150%))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
