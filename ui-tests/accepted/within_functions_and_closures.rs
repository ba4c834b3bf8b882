//! Within functions and closures.

use fluxgate::circuit_breaker;

#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    NotPermitted(fluxgate::CallNotPermitted),
}

impl From<fluxgate::CallNotPermitted> for Failure {
    fn from(refusal: fluxgate::CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

fn outer() -> Result<u32, Failure> {
    #[circuit_breaker(handle = INNER)]
    fn inner() -> Result<u32, Failure> {
        Ok(1)
    }
    let call = || {
        #[circuit_breaker]
        fn innermost() -> Result<u32, Failure> {
            Ok(2)
        }
        innermost()
    };
    Ok(inner()? + call()? + <u32 as std::convert::TryFrom<_>>::try_from(INNER.metrics().total()).unwrap())
}

pub fn main() {
    assert_eq!(outer(), Ok(4));
}
