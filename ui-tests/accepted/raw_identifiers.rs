//! Raw identifiers.

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

mod r#mod {
    #[fluxgate::circuit_breaker(handle = CALL)]
    pub(super) fn r#fn(r#type: u8) -> Result<u8, super::Failure> {
        Ok(r#type)
    }
}

pub fn main() {
    assert_eq!(r#mod::r#fn(1), Ok(1));
    assert!(r#mod::CALL.name().ends_with("::fn"));
}
