// fix: `5%` => `0.95`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_rate(50%, sure = 5%))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
