// fix by hand: `min(0)` => `min(1)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(0) & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
