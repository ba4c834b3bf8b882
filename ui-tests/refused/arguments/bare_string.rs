// fix by hand: `"min` => `trip = "min`
use fluxgate::circuit_breaker;

#[circuit_breaker("min(10) & failure_rate(0.5)")]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
