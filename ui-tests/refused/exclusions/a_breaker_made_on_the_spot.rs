// fix by hand: `breaker = CircuitBreaker::builder("payments").build().unwrap()` => `breaker = PAYMENTS`
use fluxgate::{CallNotPermitted, CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = fluxgate::breaker!(name = "payments");

#[circuit_breaker(breaker = CircuitBreaker::builder("payments").build().unwrap())]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (call(), &PAYMENTS, CircuitBreaker::builder(""));
}
