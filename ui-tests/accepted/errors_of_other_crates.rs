//! Errors of other crates.

use std::error::Error;
use std::num::ParseIntError;
use std::sync::Arc;

use fluxgate::Error::Inner;
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};
use fluxgate_ui_tests::run;
use miette::IntoDiagnostic as _;

static DOWN: CircuitBreaker = breaker!(name = "errors of other crates");

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

#[circuit_breaker(breaker = DOWN)]
fn call_boxed() -> Result<u32, Box<dyn Error>> {
    Ok(0)
}

#[circuit_breaker(breaker = DOWN)]
fn call_boxed_and_sent() -> Result<u32, Box<dyn Error + Send>> {
    Ok(0)
}

#[circuit_breaker(breaker = DOWN, rejected = |refusal| Err(refusal).into_diagnostic())]
fn call_miette() -> miette::Result<u32> {
    Ok(0)
}

#[circuit_breaker(breaker = DOWN, rejected = |refusal| Err(Arc::new(refusal.into())))]
async fn call_shared() -> Result<u32, Arc<anyhow::Error>> {
    Ok(0)
}

/// A `?` on an error that one cannot edit, in a function that returns it or a refusal.
#[circuit_breaker(breaker = DOWN)]
fn call_number(text: &str) -> Result<u32, fluxgate::Error<ParseIntError>> {
    let number: u32 = text.parse().map_err(Inner)?;
    Ok(number * 2)
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
    assert!(matches!(call_number("a"), Err(Inner(_))) && call_number("1").is_ok());
    DOWN.force_open();
    assert!(call_boxed().unwrap_err().is::<CallNotPermitted>());
    assert!(call_boxed_and_sent().unwrap_err().is::<CallNotPermitted>());
    assert!(call_miette().unwrap_err().to_string().contains("forced open"));
    assert!(run(call_shared()).unwrap_err().is::<CallNotPermitted>());
    assert!(matches!(call_number("1"), Err(fluxgate::Error::NotPermitted(_))));
}
