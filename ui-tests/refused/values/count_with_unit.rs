// fix: `failure_streak(5s)` => `failing_for(5s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
