//! Loops and labels.

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
fn call(number: u32) -> Result<u32, Failure> {
    'call: loop {
        for step in 0.. {
            if step == number {
                break 'call Ok(step);
            }
            if step > 10 {
                return Err(Failure::Down);
            }
        }
    }
}

#[circuit_breaker(fallback = |_| Ok(7))]
async fn call_async(number: u32) -> Result<u32, Failure> {
    'call: {
        if number > 1 {
            break 'call Err(Failure::Down);
        }
        Ok(number)
    }
}

pub fn main() {
    assert_eq!(call(3), Ok(3));
    assert_eq!(run(call_async(2)), Ok(7));
}
