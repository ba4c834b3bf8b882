//! Handle with visibility.

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

mod inner {
    /// Calls.
    #[fluxgate::circuit_breaker(handle = CALL)]
    pub(crate) fn call() -> Result<u32, super::Failure> {
        Ok(1)
    }
}

pub fn main() {
    assert_eq!(inner::call(), Ok(1));
    assert_eq!(inner::CALL.metrics().total(), 1);
}
