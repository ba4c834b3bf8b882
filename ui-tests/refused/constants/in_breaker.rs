// fix by hand: `= 0;` => `= 5;`
use fluxgate::{CircuitBreaker, breaker};

const CALLS: u32 = 0;

static PAYMENTS: CircuitBreaker = breaker!(trip = min(CALLS) & failure_rate(0.5));

fn main() {
    let _ = PAYMENTS.state();
}
