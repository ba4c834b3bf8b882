// fix: `consecutive_failures` => `failure_streak`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = consecutive_failures(5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
