// fix: `failure_rate_threshold = 50` => `trip = min(10) & failure_rate(50%)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failure_rate_threshold = 50)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
