//! Macro rules types.

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

macro_rules! define {
    ($name:ident, $returned:ty, $of:ty, $pattern:pat, $value:expr, $body:block) => {
        #[circuit_breaker(track = matches($pattern), trip = min($value) & failure_rate(0.5))]
        fn $name(_: $of) -> $returned $body
    };
}

define!(call, Result<u32, Failure>, u32, Failure::Down, 5, { Ok(1) });

pub fn main() {
    assert_eq!(call(1), Ok(1));
}
