// fix: `5s` => `5`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
