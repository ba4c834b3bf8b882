// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(rejected = |_| Err(PaymentError::Declined))]`
use fluxgate::circuit_breaker;

#[derive(Debug)]
pub enum PaymentError {
    Declined,
}

#[circuit_breaker]
fn call() -> Result<u32, PaymentError> {
    Ok(1)
}

fn main() {
    let _ = call();
}
