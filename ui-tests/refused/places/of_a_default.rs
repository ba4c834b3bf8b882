// fix by hand: `Default::default()` => `PAYMENTS`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

#[circuit_breaker(breaker = Default::default())]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
