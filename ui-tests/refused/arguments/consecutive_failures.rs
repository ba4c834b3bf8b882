// fix: `consecutive_failures = 5` => `trip = failure_streak(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(consecutive_failures = 5)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
