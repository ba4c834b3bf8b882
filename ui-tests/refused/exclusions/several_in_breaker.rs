use fluxgate::{CircuitBreaker, breaker};

static PAYMENTS: CircuitBreaker = breaker!(trip = failure_rat(0.5), retry = cooldown(60));

fn main() {
    let _ = PAYMENTS.state();
}
