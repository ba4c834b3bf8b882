//! Native async traits.

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

trait Source {
    fn fetch(&self) -> impl std::future::Future<Output = Result<u32, Failure>> + Send;
}

impl Source for u32 {
    #[circuit_breaker]
    async fn fetch(&self) -> Result<u32, Failure> {
        Ok(*self)
    }
}

impl Source for u8 {
    #[circuit_breaker]
    fn fetch(&self) -> impl std::future::Future<Output = Result<u32, Failure>> + Send {
        std::future::ready(Ok(1))
    }
}

pub fn main() {
    assert_eq!(run(5_u32.fetch()), Ok(5));
    assert_eq!(run(5_u8.fetch()), Ok(1));
}
