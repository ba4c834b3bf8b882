// fix: `min(10) & failure_rate(50%)` => `min(25) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(50%), normal = 20%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
