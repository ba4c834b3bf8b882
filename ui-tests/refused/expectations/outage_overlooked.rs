// fix: `failure_rate(0.5)` => `failure_rate(0.38)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(0.5), outage = 50%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
