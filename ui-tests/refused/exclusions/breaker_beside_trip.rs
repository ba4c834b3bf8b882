// fix by hand: `, trip = failure_streak(5)` => ``
use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!();

#[circuit_breaker(breaker = PAYMENTS, trip = failure_streak(5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
