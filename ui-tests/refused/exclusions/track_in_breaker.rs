// fix by hand: `, track = all` => ``
use fluxgate::{CircuitBreaker, breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments", track = all);

fn main() {
    let _ = PAYMENTS.state();
}
