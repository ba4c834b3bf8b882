//! Functions that are not async, in every form.

use fluxgate::circuit_breaker;
use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, State};

#[derive(Debug, PartialEq)]
enum Failure {
    Down,
    NotPermitted(CallNotPermitted),
}

impl From<CallNotPermitted> for Failure {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

#[circuit_breaker(trip = failure_streak(2), handle = DIVIDE)]
fn divide(up: u32, down: u32) -> Result<u32, Failure> {
    if down == 0 {
        return Err(Failure::Down);
    }
    Ok(up / down)
}

#[test]
fn a_function_returns_what_it_returns_until_its_breaker_opens() {
    let _clock = isolate();
    assert_eq!(divide(6, 2), Ok(3));
    assert_eq!(divide(6, 0), Err(Failure::Down));
    assert_eq!(divide(6, 0), Err(Failure::Down));
    let Err(Failure::NotPermitted(refusal)) = divide(6, 2) else { panic!("the breaker is open") };
    assert_eq!(refusal.breaker(), "forms_sync::divide");
    assert_eq!(DIVIDE.state(), State::Open);
}
