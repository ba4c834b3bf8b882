// fix by hand: `handle = PAYMENTS` => ``
use fluxgate::{CircuitBreaker, breaker};

static PAYMENTS: CircuitBreaker = breaker!(handle = PAYMENTS);

fn main() {
    let _ = PAYMENTS.state();
}
