// fix: `slow_rate(2s)` => `slow_rate(0.5, 2s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = slow_rate(2s) & min(10))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
