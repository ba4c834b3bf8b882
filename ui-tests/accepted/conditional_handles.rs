//! A `handle` is there under the same conditions as its function.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};

#[cfg(any())]
#[circuit_breaker(handle = CALL)]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(handle = CALL)]
#[cfg(not(any()))]
fn call() -> Result<u32, CallNotPermitted> {
    Ok(2)
}

#[circuit_breaker(handle = OTHER)]
#[cfg_attr(all(), cfg(any()))]
fn other() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(handle = OTHER)]
#[cfg_attr(all(), cfg(not(any())), inline)]
fn other() -> Result<u32, CallNotPermitted> {
    Ok(2)
}

pub fn main() {
    assert_eq!((call(), other()), (Ok(2), Ok(2)));
    assert_eq!((CALL.metrics().total(), OTHER.metrics().total()), (1, 1));
}
