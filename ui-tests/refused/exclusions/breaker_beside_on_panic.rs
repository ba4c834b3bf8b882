// fix by hand: `, on_panic = ignore` => ``
use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!();

#[circuit_breaker(breaker = PAYMENTS, on_panic = ignore)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
