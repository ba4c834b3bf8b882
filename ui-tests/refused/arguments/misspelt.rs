// fix: `tripp` => `trip`
use fluxgate::circuit_breaker;

#[circuit_breaker(tripp = failure_streak(5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
