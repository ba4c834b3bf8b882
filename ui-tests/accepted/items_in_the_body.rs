//! Items in a body shadow what the signature names.

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

#[circuit_breaker]
async fn call() -> Result<Named, Failure> {
    use std::result::Result;
    type Failure = u8;
    struct Named;
    let _: (Result<u8, Failure>, Named) = (Ok(1), Named);
    Ok(super_named())
}

#[derive(Debug, PartialEq)]
pub struct Named;

fn super_named() -> Named {
    Named
}

pub fn main() {
    assert_eq!(run(call()), Ok(Named));
}
