// fix by hand: `p99 > 2s` => `slow_rate(0.01, 2s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = p99 > 2s & min(10))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
