// fix by hand: `#[circuit_breaker(trip = failure_streak(5))]\nconst` => `const`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5))]
const LIMIT: u32 = 5;

#[circuit_breaker]
fn call() -> std::io::Result<u32> {
    Ok(LIMIT)
}

fn main() {
    let _ = call();
}
