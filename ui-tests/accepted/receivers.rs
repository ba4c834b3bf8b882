//! Receivers.

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

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

struct Client;

impl Client {
    #[circuit_breaker]
    fn by_value(self) -> Result<u32, Failure> {
        Ok(1)
    }

    #[circuit_breaker]
    fn mutable(mut self) -> Result<Self, Failure> {
        let old = std::mem::replace(&mut self, Client);
        drop(old);
        Ok(self)
    }

    #[circuit_breaker]
    fn boxed(self: Box<Self>) -> Result<u32, Failure> {
        Ok(1)
    }

    #[circuit_breaker]
    fn counted(self: Rc<Self>) -> Result<u32, Failure> {
        Ok(1)
    }

    #[circuit_breaker]
    async fn shared(self: Arc<Self>) -> Result<u32, Failure> {
        Ok(1)
    }

    #[circuit_breaker]
    fn pinned(self: Pin<&mut Self>) -> Result<u32, Failure> {
        Ok(1)
    }
}

pub fn main() {
    assert_eq!(Client.by_value(), Ok(1));
    assert!(Client.mutable().is_ok());
    assert_eq!(Box::new(Client).boxed(), Ok(1));
    assert_eq!(Rc::new(Client).counted(), Ok(1));
    assert_eq!(run(Arc::new(Client).shared()), Ok(1));
    assert_eq!(std::pin::pin!(Client).pinned(), Ok(1));
}
