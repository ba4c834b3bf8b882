// fix by hand: `match number { 0 => breaker!(name = "none"), _ => breaker!(name = "some") }` => `PAYMENTS`
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = breaker!(name = "payments");

#[circuit_breaker(breaker = match number { 0 => breaker!(name = "none"), _ => breaker!(name = "some") })]
fn charge(number: u32) -> Result<u32, CallNotPermitted> {
    Ok(number)
}

fn call() -> Result<u32, CallNotPermitted> {
    charge(1)
}

fn main() {
    let _ = (call(), PAYMENTS.state());
}
