//! Trait objects of one thread.

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

#[async_trait::async_trait(?Send)]
trait Source {
    async fn fetch(&mut self) -> Result<u32, Failure>;
}

#[async_trait::async_trait(?Send)]
impl Source for std::rc::Rc<u32> {
    #[circuit_breaker]
    async fn fetch(&mut self) -> Result<u32, Failure> {
        Ok(**self)
    }
}

pub fn main() {
    assert_eq!(run(std::rc::Rc::new(3).fetch()), Ok(3));
}
