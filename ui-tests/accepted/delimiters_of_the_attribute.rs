//! The attribute with other brackets, by its path, in `cfg_attr`, twice.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker { handle = BRACES }]
fn braces() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker[handle = BRACKETS]]
fn brackets() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[fluxgate::circuit_breaker()]
fn by_path() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[cfg_attr(all(), circuit_breaker(handle = IF_ALL))]
fn if_all() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[cfg_attr(any(), circuit_breaker(handle = NEVER, no_argument_of_ours))]
fn never() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

#[circuit_breaker(handle = OUTER)]
#[circuit_breaker(name = "inner", handle = INNER)]
fn twice() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

pub fn main() {
    assert_eq!((braces(), brackets(), by_path(), if_all(), never()), (Ok(1), Ok(1), Ok(1), Ok(1), Ok(1)));
    assert_eq!(twice(), Ok(1));
    for breaker in [&BRACES, &BRACKETS, &IF_ALL, &OUTER, &INNER] {
        assert_eq!(breaker.metrics().total(), 1);
    }
}
