//! What is warned about does what it says, and may be allowed.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

const NAME: &str = "payments-{id}";

#[allow(deprecated)]
static PAYMENTS: CircuitBreaker = breaker!(name = "payments-{id}", trip = failures(1) | failures(9));

static OTHER: CircuitBreaker = breaker!(name = NAME);
static OF_A_PATH: CircuitBreaker = breaker!(name = "GET /payments/{id}");

#[allow(deprecated)]
#[circuit_breaker(retry = never, permit = all, trip = failures(1) | failures(9), handle = CALL)]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

mod within {
    #![allow(deprecated)]

    #[super::circuit_breaker(window = time(10s), trip = min(1) & slow_rate(0.5, 20s))]
    pub async fn call() -> Result<u32, super::CallNotPermitted> {
        Ok(1)
    }
}

pub fn main() {
    assert_eq!((call(), fluxgate_ui_tests::run(within::call())), (Ok(1), Ok(1)));
    assert_eq!((PAYMENTS.name(), OTHER.name(), OF_A_PATH.name()), (NAME, NAME, "GET /payments/{id}"));
    assert_eq!(CALL.metrics().total(), 1);
}
