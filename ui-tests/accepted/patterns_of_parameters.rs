//! Patterns of parameters.

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

struct Point {
    x: u32,
    y: u32,
}

#[circuit_breaker]
fn call(Point { x, y: z }: Point, (a, _): (u32, u32), [b, ..]: [u32; 3], &c: &u32) -> Result<u32, Failure> {
    Ok(x + z + a + b + c)
}

#[circuit_breaker]
async fn call_async(Point { x, y: z }: Point, (a, _): (u32, u32), [b, ..]: [u32; 3], &c: &u32) -> Result<u32, Failure> {
    Ok(x + z + a + b + c)
}

pub fn main() {
    assert_eq!(call(Point { x: 1, y: 2 }, (3, 0), [4, 0, 0], &5), Ok(15));
    assert_eq!(run(call_async(Point { x: 1, y: 2 }, (3, 0), [4, 0, 0], &5)), Ok(15));
}
