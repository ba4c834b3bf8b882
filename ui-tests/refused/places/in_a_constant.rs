// fix by hand: `const OTHER` => `static OTHER`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

const OTHER: CircuitBreaker = breaker!(name = "other");

#[circuit_breaker(breaker = OTHER)]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
