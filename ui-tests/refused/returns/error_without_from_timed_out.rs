// fix by hand: `timeout = 2s, ` => ``
use fluxgate::{CallNotPermitted, circuit_breaker};

#[derive(Debug)]
pub enum PaymentError {
    Refused(CallNotPermitted),
}

impl From<CallNotPermitted> for PaymentError {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::Refused(refusal)
    }
}

#[circuit_breaker(timeout = 2s, trip = failures(3))]
async fn call() -> Result<u32, PaymentError> {
    Ok(1)
}

fn main() {
    let _ = call();
}
