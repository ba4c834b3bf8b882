// fix: `min(10) & failure_rate(0.5)` => `min(25) & failure_rate(0.5)`
use fluxgate::{CircuitBreaker, breaker};

static PAYMENTS: CircuitBreaker = breaker!(trip = min(10) & failure_rate(0.5), normal = 20%);

fn main() {
    let _ = PAYMENTS.state();
}
