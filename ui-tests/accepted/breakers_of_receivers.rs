//! Breakers of receivers.

use fluxgate::{CircuitBreaker, breaker, circuit_breaker};
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

struct Client {
    breaker: CircuitBreaker,
    shared: std::sync::Arc<CircuitBreaker>,
    count: u32,
}

impl Client {
    #[circuit_breaker(breaker = self.breaker)]
    fn read(&self) -> Result<u32, Failure> {
        Ok(self.count)
    }

    #[circuit_breaker(breaker = self.shared)]
    fn write(&mut self) -> Result<&mut u32, Failure> {
        self.count += 1;
        Ok(&mut self.count)
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn write_async(&mut self) -> Result<&mut u32, Failure> {
        self.count += 1;
        Ok(&mut self.count)
    }

    #[circuit_breaker(breaker = self.breaker)]
    async fn consume(self) -> Result<u32, Failure> {
        Ok(self.count)
    }
}

pub fn main() {
    let mut client = Client { breaker: breaker!(), shared: std::sync::Arc::new(breaker!()), count: 0 };
    assert_eq!(client.read(), Ok(0));
    assert_eq!(client.write(), Ok(&mut 1));
    assert_eq!(run(client.write_async()), Ok(&mut 2));
    assert_eq!(run(client.consume()), Ok(2));
}
