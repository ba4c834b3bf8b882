// fix: `breaker = if is_live { &PAYMENTS } else { &TEST }` => `breaker = *if is_live { & PAYMENTS } else { & TEST }`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

static TEST: CircuitBreaker = breaker!(name = "test");

#[circuit_breaker(breaker = if is_live { &PAYMENTS } else { &TEST })]
fn charge(is_live: bool) -> Result<bool, CallNotPermitted> {
    Ok(is_live)
}

fn call() -> Result<bool, CallNotPermitted> {
    charge(true)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
