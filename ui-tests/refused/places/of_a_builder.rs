// fix by hand: `CircuitBreaker::builder("other").build().unwrap()` => `PAYMENTS`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

#[circuit_breaker(breaker = CircuitBreaker::builder("other").build().unwrap())]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
