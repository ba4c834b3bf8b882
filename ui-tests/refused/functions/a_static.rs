// fix by hand: `#[circuit_breaker(trip = failure_streak(5))]\nstatic PAYMENTS: u32 = 5;` => `static PAYMENTS: fluxgate::CircuitBreaker = fluxgate::breaker!(trip = failure_streak(5));`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5))]
static PAYMENTS: u32 = 5;

#[circuit_breaker]
fn call() -> std::io::Result<bool> {
    Ok(std::mem::size_of_val(&PAYMENTS) > 0)
}

fn main() {
    let _ = call();
}
