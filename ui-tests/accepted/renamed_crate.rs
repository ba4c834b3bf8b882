//! Renamed crate.

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

mod vendored {
    pub(super) use ::fluxgate as breakers;
}

#[vendored::breakers::circuit_breaker(crate = vendored::breakers)]
fn call() -> Result<u32, Failure> {
    Ok(1)
}

pub fn main() {
    assert_eq!(call(), Ok(1));
}
