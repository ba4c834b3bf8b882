// fix: `failure_streak(5)` => `failure_streak(3)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5), outage = 50%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
