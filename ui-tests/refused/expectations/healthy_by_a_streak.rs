// fix: `failure_streak(3)` => `failure_streak(6)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(0.8) | failure_streak(3), normal = 10%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
