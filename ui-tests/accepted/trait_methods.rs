//! Trait methods.

use fluxgate::circuit_breaker;

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
    fn fetch(&self) -> Result<u32, Failure>;

    #[circuit_breaker]
    fn default(&self) -> Result<u32, Failure> {
        self.fetch()
    }

    #[circuit_breaker]
    fn associated() -> Result<u32, Failure>
    where
        Self: Sized,
    {
        Ok(7)
    }
}

impl Source for u32 {
    #[circuit_breaker]
    fn fetch(&self) -> Result<u32, Failure> {
        Ok(*self)
    }
}

pub fn main() {
    assert_eq!(5.default(), Ok(5));
    assert_eq!(u32::associated(), Ok(7));
}
