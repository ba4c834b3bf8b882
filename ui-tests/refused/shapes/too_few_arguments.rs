// fix: `slow_rate(0.5)` => `slow_rate(0.5, 2s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & slow_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
