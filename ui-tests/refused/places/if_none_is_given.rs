// fix by hand: `given.unwrap_or_else(|| breaker!(name = "other"))` => `*given.as_ref().unwrap_or(&PAYMENTS)`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

#[circuit_breaker(breaker = given.unwrap_or_else(|| breaker!(name = "other")))]
fn charge(given: Option<CircuitBreaker>) -> Result<u32, CallNotPermitted> {
    Ok(u32::from(given.is_some()))
}

fn call() -> Result<u32, CallNotPermitted> {
    charge(None)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
