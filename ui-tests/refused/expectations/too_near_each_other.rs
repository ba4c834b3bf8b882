// fix by hand: `outage = 30%` => `outage = 80%, window = count(200)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(50) & failure_rate(0.5), normal = 20%, outage = 30%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
