//! Parameters that are there under a condition, however that is written.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};
use fluxgate_ui_tests::run;

static PAYMENTS: CircuitBreaker = breaker!();

#[circuit_breaker]
fn one_of_two(#[cfg(any())] number: u8, #[cfg(not(any()))] number: u32) -> Result<u32, CallNotPermitted> {
    Ok(number)
}

#[circuit_breaker]
async fn by_cfg_attr(
    #[cfg_attr(all(), cfg(any()))] mut absent: String,
    #[cfg_attr(all(), allow(unused_variables))] present: u32,
) -> Result<u32, CallNotPermitted> {
    #[cfg(any())]
    {
        absent = String::new();
    }
    Ok(1)
}

#[circuit_breaker(rejected = |_| Ok(number))]
fn in_a_handler(#[cfg(any())] number: u8, #[cfg(not(any()))] number: u32) -> Result<u32, CallNotPermitted> {
    Ok(number)
}

#[circuit_breaker(breaker = breaker)]
fn as_a_breaker(
    #[cfg(any())] breaker: u8,
    #[cfg(not(any()))] breaker: &CircuitBreaker,
) -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker]
async fn dropped_in_order(
    #[cfg(any())] _absent: String,
    #[cfg(not(any()))] _first: String,
    second: String,
) -> Result<usize, CallNotPermitted> {
    Ok(second.len())
}

pub fn main() {
    assert_eq!((one_of_two(1), run(by_cfg_attr(1)), in_a_handler(1)), (Ok(1), Ok(1), Ok(1)));
    assert_eq!(as_a_breaker(&PAYMENTS), Ok(1));
    assert_eq!(run(dropped_in_order(String::new(), "ab".to_owned())), Ok(2));
    assert_eq!(PAYMENTS.metrics().total(), 1);
}
