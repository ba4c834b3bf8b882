// fix by hand: `min(CALLS)` => `min(CALLS) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

const CALLS: u32 = 10;

#[circuit_breaker(trip = min(CALLS))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
