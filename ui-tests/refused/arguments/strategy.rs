// fix: `strategy = "consecutive", threshold = 5` => `trip = failure_streak(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(strategy = "consecutive", threshold = 5)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
