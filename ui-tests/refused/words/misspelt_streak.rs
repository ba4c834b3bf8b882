// fix: `failure_steak` => `failure_streak`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_steak(5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
