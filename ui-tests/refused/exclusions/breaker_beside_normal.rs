// fix by hand: `, normal = 5%` => ``
use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(trip = min(10) & failure_rate(0.5));

#[circuit_breaker(breaker = PAYMENTS, normal = 5%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
