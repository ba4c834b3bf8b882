// fix by hand: `    Declined,` => `    Declined,\n    #[error(transparent)] NotPermitted(#[from] fluxgate::CallNotPermitted),`
use fluxgate::circuit_breaker;

#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    #[error("declined")]
    Declined,
}

#[circuit_breaker]
fn call() -> Result<u32, PaymentError> {
    Err(PaymentError::Declined)
}

fn main() {
    let _ = call();
}
