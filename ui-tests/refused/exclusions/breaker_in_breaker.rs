// fix by hand: `breaker = PAYMENTS` => ``
use fluxgate::{CircuitBreaker, breaker};

static PAYMENTS: CircuitBreaker = breaker!(breaker = PAYMENTS);

fn main() {
    let _ = PAYMENTS.state();
}
