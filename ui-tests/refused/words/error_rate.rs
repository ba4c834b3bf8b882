// fix: `error_rate` => `failure_rate`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & error_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
