// fix by hand: `(1)` => `(1.0)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(1))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
