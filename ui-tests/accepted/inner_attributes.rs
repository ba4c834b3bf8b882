//! Inner attributes.

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
fn call() -> Result<u32, Failure> {
    #![allow(unused_variables)]
    let unused = 1;
    Ok(1)
}

#[circuit_breaker]
async fn call_async() -> Result<u32, Failure> {
    #![allow(unused_variables)]
    #![allow(unused_mut)]
    let mut unused = 1;
    Ok(1)
}

pub fn main() {
    assert_eq!(call(), Ok(1));
    assert_eq!(run(call_async()), Ok(1));
}
