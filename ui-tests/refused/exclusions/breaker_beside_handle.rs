// fix by hand: `, handle = CALL` => ``
use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!();

#[circuit_breaker(breaker = PAYMENTS, handle = CALL)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
