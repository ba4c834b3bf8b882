//! A `handle` in lower case, allowed or expected on the function.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};

#[allow(non_upper_case_globals)]
#[circuit_breaker(handle = allowed_above)]
pub fn allow_above() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(handle = allowed_below)]
#[allow(non_upper_case_globals)]
pub fn allow_below() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[expect(non_upper_case_globals, reason = "as the others")]
#[circuit_breaker(handle = expected)]
pub fn expect() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[cfg_attr(all(), allow(non_upper_case_globals))]
#[circuit_breaker(handle = allowed_if)]
pub fn allow_if() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

pub struct Client;

impl Client {
    #[allow(non_upper_case_globals)]
    #[circuit_breaker(handle = of_a_method)]
    pub fn call(&self) -> Result<u32, CallNotPermitted> {
        Ok(1)
    }
}

pub fn main() {
    assert_eq!((allow_above(), allow_below(), expect()), (Ok(1), Ok(1), Ok(1)));
    assert_eq!((allow_if(), Client.call()), (Ok(1), Ok(1)));
    for breaker in [&allowed_above, &allowed_below, &expected, &allowed_if, &Client::of_a_method] {
        assert_eq!(breaker.metrics().total(), 1);
    }
}
