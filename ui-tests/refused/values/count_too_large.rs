// fix: `5000000000` => `1000000`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5000000000))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
