//! Drop order.

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

struct Noisy<'a>(&'a std::cell::RefCell<Vec<u8>>, u8);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

#[circuit_breaker]
fn call(first: Noisy<'_>, _second: Noisy<'_>, third: Noisy<'_>) -> Result<u8, Failure> {
    let _local = Noisy(first.0, 4);
    Ok(third.1)
}

#[circuit_breaker]
async fn call_async(first: Noisy<'_>, _second: Noisy<'_>, third: Noisy<'_>) -> Result<u8, Failure> {
    let _local = Noisy(first.0, 4);
    Ok(third.1)
}

pub fn main() {
    let order = std::cell::RefCell::new(Vec::new());
    let noisy = |number| Noisy(&order, number);
    assert_eq!(call(noisy(1), noisy(2), noisy(3)), Ok(3));
    assert_eq!(run(call_async(noisy(1), noisy(2), noisy(3))), Ok(3));
    assert_eq!(order.take(), [4, 3, 2, 1, 4, 3, 2, 1]);
}
