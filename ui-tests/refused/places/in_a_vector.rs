// fix by hand: `vec![breaker!(name = "other")][0]` => `PAYMENTS`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

#[circuit_breaker(breaker = vec![breaker!(name = "other")][0])]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
