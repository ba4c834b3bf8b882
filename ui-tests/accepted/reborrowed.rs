//! Reborrowed.

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

struct Client(Vec<u32>);

impl Client {
    #[circuit_breaker]
    fn last(&mut self) -> Result<&mut u32, Failure> {
        self.0.last_mut().ok_or(Failure::Down)
    }

    #[circuit_breaker]
    async fn last_async(&mut self) -> Result<&mut u32, Failure> {
        self.0.last_mut().ok_or(Failure::Down)
    }
}

pub fn main() {
    let mut client = Client(vec![1]);
    *client.last().unwrap() += 1;
    *run(client.last_async()).unwrap() += 1;
    assert_eq!(client.0, [3]);
}
