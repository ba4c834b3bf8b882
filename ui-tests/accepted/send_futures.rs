//! Send futures.

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

#[circuit_breaker(track = custom(|error| *error == Failure::Down), fallback = async |error| Err(error))]
async fn call(text: String, cell: std::cell::Cell<u32>) -> Result<usize, Failure> {
    std::future::ready(()).await;
    cell.set(1);
    std::future::ready(()).await;
    Ok(text.len())
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

pub fn main() {
    assert_eq!(run(assert_send(call("text".to_owned(), std::cell::Cell::new(0)))), Ok(4));
}
