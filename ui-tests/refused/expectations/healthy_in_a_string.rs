// fix: `min(20) & failure_rate(0.3)` => `min(51) & failure_rate(0.4)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "min(20) & failure_rate(0.3)", normal = 20%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
