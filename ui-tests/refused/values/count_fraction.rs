// fix: `5.5` => `5`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
