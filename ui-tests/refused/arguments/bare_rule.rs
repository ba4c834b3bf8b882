// fix by hand: `min(10)` => `trip = min(10)`
use fluxgate::circuit_breaker;

#[circuit_breaker(min(10) & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
