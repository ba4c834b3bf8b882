// fix by hand: `, name = "payments"` => ``
use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!();

#[circuit_breaker(breaker = PAYMENTS, name = "payments")]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
