//! A module of the same name.

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

mod call {
    #[fluxgate::circuit_breaker]
    pub(crate) fn call() -> Result<u32, super::Failure> {
        Ok(1)
    }
}
use call::call;

pub fn main() {
    assert_eq!(call(), Ok(1));
}
