//! Constants in lower case, which a pattern of ours must not take for its own.
#![allow(non_upper_case_globals)]

use fluxgate::{CallNotPermitted, circuit_breaker};

const error: u32 = 1;
const returned: u32 = 2;
const call: u32 = 3;
const refusal: u32 = 4;
const value: u32 = 5;
static result: u32 = 6;
static breaker: u32 = 7;

#[circuit_breaker(track = matches(_) | ok(0), fallback = |failed| Err(failed), rejected = |refused| Err(refused))]
fn sum() -> Result<u32, CallNotPermitted> {
    Ok(error + returned + call + refusal + value + result + breaker)
}

#[circuit_breaker(track = returned(0), rejected = |_| 0)]
fn doubled(number: u32) -> u32 {
    number * returned
}

pub fn main() {
    assert_eq!((sum(), doubled(4)), (Ok(28), 8));
}
