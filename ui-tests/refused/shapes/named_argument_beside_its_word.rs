// fix: `failure_rate(50%) & sure = 95%` => `failure_rate(50%, sure = 95%)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_rate(50%) & sure = 95%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
