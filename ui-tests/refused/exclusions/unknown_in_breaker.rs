// fix: `tripp` => `trip`
use fluxgate::{CircuitBreaker, breaker};

static PAYMENTS: CircuitBreaker = breaker!(tripp = failure_streak(5));

fn main() {
    let _ = PAYMENTS.state();
}
