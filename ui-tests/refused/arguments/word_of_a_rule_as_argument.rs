// fix by hand: `failure_rate = 0.5` => `trip = min(1) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failure_rate = 0.5)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
