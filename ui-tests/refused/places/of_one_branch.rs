// fix by hand: `if is_live { breaker!(name = "live") } else { breaker!(name = "test") }` => `PAYMENTS`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

#[circuit_breaker(breaker = if is_live { breaker!(name = "live") } else { breaker!(name = "test") })]
fn charge(is_live: bool) -> Result<bool, CallNotPermitted> {
    Ok(is_live)
}

fn call() -> Result<bool, CallNotPermitted> {
    charge(true)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
