//! Handlers that are closures with types, paths, and whatever else can be called.

use std::io;

use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};
use fluxgate_ui_tests::run;

static DOWN: CircuitBreaker = breaker!(name = "handlers of every kind");

fn refuse<E: From<CallNotPermitted>>(refusal: CallNotPermitted) -> Result<u32, E> {
    Err(refusal.into())
}

fn giving(number: u32) -> impl Fn(io::Error) -> io::Result<u32> {
    move |_| Ok(number)
}

fn is_down<E: std::error::Error>(_: &E) -> bool {
    true
}

struct Client {
    fallback: fn(io::Error) -> io::Result<u32>,
    number: u32,
}

impl Client {
    fn seven(_: io::Error) -> io::Result<u32> {
        Ok(7)
    }

    #[circuit_breaker(breaker = DOWN, fallback = Self::seven)]
    fn path(&self) -> io::Result<u32> {
        Ok(0)
    }

    #[circuit_breaker(breaker = DOWN, fallback = self.fallback)]
    fn field(&self) -> io::Result<u32> {
        Ok(0)
    }

    #[circuit_breaker(breaker = DOWN, fallback = giving(self.number))]
    async fn call(&self) -> io::Result<u32> {
        Ok(0)
    }

    #[circuit_breaker(breaker = DOWN, fallback = |_: io::Error| -> io::Result<u32> { Ok(self.number) })]
    async fn types(&self) -> io::Result<u32> {
        Ok(0)
    }
}

#[circuit_breaker(breaker = DOWN, rejected = refuse)]
fn generic() -> io::Result<u32> {
    Ok(0)
}

#[circuit_breaker(breaker = DOWN, rejected = refuse::<io::Error>, fallback = Err)]
fn variant() -> io::Result<u32> {
    Ok(0)
}

#[circuit_breaker(breaker = DOWN, rejected = async |refusal: CallNotPermitted| { let _ = refusal.state(); Ok(8) })]
async fn awaited() -> io::Result<u32> {
    Ok(0)
}

#[circuit_breaker(breaker = DOWN, track = custom(is_down) | custom(|error: &io::Error| error.kind() == io::ErrorKind::Other))]
fn tracked() -> io::Result<u32> {
    Ok(0)
}

pub fn main() {
    DOWN.force_open();
    let client = Client { fallback: Client::seven, number: 5 };
    assert_eq!((client.path().unwrap(), client.field().unwrap()), (7, 7));
    assert_eq!((run(client.call()).unwrap(), run(client.types()).unwrap(), run(awaited()).unwrap()), (5, 5, 8));
    assert!(generic().is_err() && variant().is_err() && tracked().is_err());
}
