// fix by hand: `, window = count(10)` => ``
use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!();

#[circuit_breaker(breaker = PAYMENTS, window = count(10))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
