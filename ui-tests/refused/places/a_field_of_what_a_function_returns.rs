// fix by hand: `-> State {\n    State { payments: breaker!(name = "payments") }` => `-> &'static State {\n    static STATE: State = State { payments: breaker!(name = "payments") };\n    &STATE`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

struct State {
    payments: CircuitBreaker,
}

fn state() -> State {
    State { payments: breaker!(name = "payments") }
}

#[circuit_breaker(breaker = state().payments)]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
