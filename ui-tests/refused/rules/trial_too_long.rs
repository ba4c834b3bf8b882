// fix: `failure_streak(4_000_000_000)` => `failure_streak(1000000)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(4_000_000_000))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
