// fix by hand: `failure_rate(RATE)` => `min(10) & failure_rate(RATE)`
use fluxgate::circuit_breaker;

const RATE: f64 = 0.5;

#[circuit_breaker(trip = failure_rate(RATE))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
