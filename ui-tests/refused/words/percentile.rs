// fix by hand: `p99(2s)` => `slow_rate(1%, 2s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & p99(2s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
