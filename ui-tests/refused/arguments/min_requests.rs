// fix: `min_requests = 10` => `trip = min(10) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(min_requests = 10)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
