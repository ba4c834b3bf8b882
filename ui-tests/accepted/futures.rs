//! Futures.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

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
fn opaque(number: u32) -> impl Future<Output = Result<u32, Failure>> + Send {
    async move { Ok(number) }
}

#[circuit_breaker]
fn boxed(number: u32) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    if number == 0 {
        return Box::pin(std::future::ready(Err(Failure::Down)));
    }
    Box::pin(async move { Ok(number) })
}

#[allow(unused_parens)]
#[circuit_breaker]
fn parenthesized(number: u32) -> (Pin<Box<(dyn Future<Output = Result<u32, Failure>>)>>) {
    Box::pin(async move { Ok(number) })
}

#[circuit_breaker(fallback = async |_| Ok(9))]
fn with_async_fallback() -> impl Future<Output = Result<u32, Failure>> {
    std::future::ready(Err(Failure::Down))
}

/// The futures outlive more than their outputs.
trait Connection: Sized + Send {
    fn open(number: u32) -> impl Future<Output = Result<Self, Failure>> + Send;

    #[circuit_breaker]
    fn connect(text: &str) -> impl Future<Output = Result<Self, Failure>> + Send + 'static {
        let number = text.parse();
        async move { Self::open(number.map_err(|_| Failure::Down)?).await }
    }

    #[circuit_breaker]
    fn connect_with(number: u32) -> impl Future<Output = Result<Self, Failure>> + Send + 'static {
        async move { Self::open(number).await }
    }

    #[circuit_breaker]
    fn connect_boxed(number: u32) -> Pin<Box<dyn Future<Output = Result<Self, Failure>> + Send + 'static>> {
        Box::pin(async move { Self::open(number).await })
    }

    #[circuit_breaker(fallback = |error| Err(error))]
    fn or_fail(number: u32) -> Pin<Box<dyn Future<Output = Result<Self, Failure>> + Send + 'static>> {
        Box::pin(async move { Self::open(number).await })
    }

    #[circuit_breaker(fallback = |error| Err(error))]
    fn connect_or_fail(text: &str) -> impl Future<Output = Result<Self, Failure>> + Send + 'static {
        let number = text.parse();
        async move { Self::open(number.map_err(|_| Failure::Down)?).await }
    }
}

struct Lent<'a>(u32, PhantomData<fn(&'a u32)>);

impl Connection for Lent<'_> {
    async fn open(number: u32) -> Result<Self, Failure> {
        Ok(Self(number, PhantomData))
    }
}

pub fn main() {
    assert_eq!(run(opaque(1)), Ok(1));
    assert_eq!(run(boxed(0)), Err(Failure::Down));
    assert_eq!(run(parenthesized(1)), Ok(1));
    assert_eq!(run(with_async_fallback()), Ok(9));
    let number = |lent: Result<Lent<'_>, Failure>| lent.map(|Lent(number, _)| number);
    assert_eq!(number(run(Lent::connect("1"))), Ok(1));
    assert_eq!(number(run(Lent::connect_with(2))), Ok(2));
    assert_eq!(number(run(Lent::connect_boxed(3))), Ok(3));
    assert_eq!(number(run(Lent::or_fail(4))), Ok(4));
    assert_eq!(number(run(Lent::connect_or_fail("five"))), Err(Failure::Down));
}
