//! A method's breaker is an associated constant beside it.

use fluxgate::{CallNotPermitted, CircuitBreaker, State, circuit_breaker};
use fluxgate_ui_tests::run;

pub struct Client<T>(T);

impl<T> Client<T> {
    #[circuit_breaker(handle = CALL, trip = failure_streak(1))]
    pub fn call(&self) -> Result<u32, CallNotPermitted> {
        Ok(1)
    }

    #[circuit_breaker(handle = CALL_LATER)]
    async fn call_later(&mut self) -> Result<u32, CallNotPermitted> {
        Ok(1)
    }

    /// Has no `self`.
    #[circuit_breaker(handle = CONNECT)]
    fn connect(inner: T) -> Result<Self, CallNotPermitted> {
        Ok(Self(inner))
    }

    #[circuit_breaker(breaker = Self::CALL)]
    fn call_other(&self) -> Result<u32, CallNotPermitted> {
        Ok(2)
    }
}

fn name(breaker: &CircuitBreaker) -> &str {
    breaker.name()
}

pub fn main() {
    let mut client = Client::connect(1).unwrap();
    assert_eq!((client.call(), run(client.call_later()), client.call_other()), (Ok(1), Ok(1), Ok(2)));
    assert_eq!(Client::<u32>::CALL.metrics().total(), 2);
    assert_eq!(Client::<u32>::CONNECT.metrics().total(), 1);
    Client::<u32>::CALL_LATER.force_open();
    assert!(run(client.call_later()).is_err());
    // One breaker for all that the type may be of.
    assert_eq!(Client::<u8>::CALL_LATER.state(), State::ForcedOpen);
    assert!(name(&Client::<u8>::CALL).ends_with("call"));
}
