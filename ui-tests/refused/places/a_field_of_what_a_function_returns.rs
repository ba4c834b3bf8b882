// fix: `breaker = state().payments` => `breaker = (*state()).payments`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

struct State {
    payments: CircuitBreaker,
}

fn state() -> &'static State {
    static STATE: State = State { payments: breaker!(name = "payments") };
    &STATE
}

#[circuit_breaker(breaker = state().payments)]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
