// fix by hand: `failures(5) | closed & failures(9)` => `failures(5)`
#![deny(deprecated)]
use fluxgate::{CircuitBreaker, breaker};

static PAYMENTS: CircuitBreaker = breaker!(trip = failures(5) | closed & failures(9));

fn main() {
    let _ = PAYMENTS.state();
}
