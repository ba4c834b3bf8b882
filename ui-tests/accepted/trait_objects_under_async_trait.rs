//! Trait objects under async trait.

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

#[async_trait::async_trait]
trait Source: Send + Sync {
    async fn fetch(&self, number: u32) -> Result<u32, Failure>;
}

struct Network(u32);

#[async_trait::async_trait]
impl Source for Network {
    #[circuit_breaker(trip = failure_streak(5), fallback = async |_| Ok(self.0))]
    async fn fetch(&self, number: u32) -> Result<u32, Failure> {
        if number == 0 {
            return Err(Failure::Down);
        }
        Ok(number)
    }
}

pub fn main() {
    let source: Box<dyn Source> = Box::new(Network(7));
    assert_eq!(run(source.fetch(1)), Ok(1));
    assert_eq!(run(source.fetch(0)), Ok(7));
}
