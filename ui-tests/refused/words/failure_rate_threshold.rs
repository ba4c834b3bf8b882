// fix: `failure_rate_threshold` => `failure_rate`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate_threshold(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
