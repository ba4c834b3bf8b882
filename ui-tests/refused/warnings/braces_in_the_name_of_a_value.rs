// fix by hand: `payments-{}` => `payments`
#![deny(deprecated)]
use fluxgate::{CircuitBreaker, breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments-{}");

fn main() {
    let _ = PAYMENTS.state();
}
