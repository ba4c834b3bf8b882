// fix: `100%` => `0.5`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_rate(100%, sure = 95%))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
