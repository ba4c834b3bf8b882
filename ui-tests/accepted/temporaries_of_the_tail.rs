//! Temporaries of the tail.

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
fn call(lock: &std::sync::Mutex<Vec<u32>>) -> Result<usize, Failure> {
    Ok(lock.lock().unwrap().len())
}

#[circuit_breaker]
async fn call_async(lock: &std::sync::Mutex<Vec<u32>>) -> Result<usize, Failure> {
    Ok(lock.lock().unwrap().len())
}

pub fn main() {
    let lock = std::sync::Mutex::new(vec![1]);
    assert_eq!(call(&lock), Ok(1));
    assert_eq!(run(call_async(&lock)), Ok(1));
}
