// fix by hand: `crate = fluxgate::CircuitBreaker` => `crate = fluxgate`
use fluxgate::circuit_breaker;

#[circuit_breaker(crate = fluxgate::CircuitBreaker, trip = failure_streak(5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
