//! Macro rules functions.

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

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

macro_rules! guarded {
    ($($function:item)*) => {$(#[circuit_breaker] $function)*};
}

guarded! {
    fn call() -> Result<u32, Failure> { Ok(1) }
    async fn call_async() -> Result<u32, Failure> { Ok(1) }
}

pub fn main() {
    assert_eq!(call(), Ok(1));
    assert_eq!(run(call_async()), Ok(1));
}
