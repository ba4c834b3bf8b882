// fix by hand: `fallback = |_| Ok(0)` => `rejected = |_| Ok(0)`
use fluxgate::circuit_breaker;

#[derive(Debug)]
pub enum PaymentError {
    Declined,
}

#[circuit_breaker(fallback = |_| Ok(0))]
fn call() -> Result<u32, PaymentError> {
    Ok(1)
}

fn main() {
    let _ = call();
}
