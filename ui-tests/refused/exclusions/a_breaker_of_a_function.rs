// fix: `breaker = payments()` => `breaker = *payments()`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

fn payments() -> &'static CircuitBreaker {
    static PAYMENTS: CircuitBreaker = breaker!(name = "payments");
    &PAYMENTS
}

#[circuit_breaker(breaker = payments())]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (call(), payments());
}
