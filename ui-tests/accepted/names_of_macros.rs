//! Macros of the user's under the names of standard ones.
#![allow(unused_macros)]

use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

macro_rules! concat {
    () => {};
}
macro_rules! module_path {
    () => {};
}
macro_rules! line {
    () => {};
}
macro_rules! matches {
    () => {};
}
macro_rules! panic {
    () => {};
}
macro_rules! compile_error {
    () => {};
}

static PAYMENTS: CircuitBreaker = breaker!(window = count(10));

#[circuit_breaker(window = count(10), track = matches(_) | ok(0), handle = CALL)]
fn call(number: u32) -> Result<u32, CallNotPermitted> {
    Ok(number)
}

pub fn main() {
    assert_eq!(call(1), Ok(1));
    assert!(CALL.name().ends_with("names_of_macros::call"));
    assert!(PAYMENTS.name().contains("names_of_macros:"));
}
