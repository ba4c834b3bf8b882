//! Errors of other crates.

use fluxgate::{breaker, circuit_breaker};

#[derive(Debug, thiserror::Error)]
enum PaymentError {
    #[error("declined")]
    Declined,
    #[error(transparent)]
    NotPermitted(#[from] fluxgate::CallNotPermitted),
}

#[circuit_breaker(success = matches(PaymentError::Declined))]
fn call() -> Result<u32, PaymentError> {
    Err(PaymentError::Declined)
}

#[circuit_breaker(track = type_of(std::io::Error, PaymentError))]
fn call_anyhow() -> anyhow::Result<u32> {
    Ok(call()?)
}

fn breaker_refusal() -> fluxgate::CallNotPermitted {
    let breaker = breaker!();
    breaker.force_open();
    breaker.acquire().unwrap_err()
}

pub fn main() {
    assert!(matches!(call(), Err(PaymentError::Declined)));
    assert!(call_anyhow().is_err());
    assert!(PaymentError::from(breaker_refusal()).to_string().contains("forced open"));
}
