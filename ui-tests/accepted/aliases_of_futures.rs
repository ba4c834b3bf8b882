//! Aliases of boxed futures.

use std::future::Future;
use std::pin::Pin;

use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};
use fluxgate_ui_tests::run;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LocalBoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Reply = Result<usize, CallNotPermitted>;

#[circuit_breaker(handle = LENGTH)]
fn length(text: &str) -> BoxFuture<'_, Reply> {
    Box::pin(async move { Ok(text.len()) })
}

#[circuit_breaker]
fn local(text: &str) -> LocalBoxFuture<'_, Reply> {
    let length = text.len();
    Box::pin(async move { Ok(length) })
}

/// Of no known name, but a future by its body.
type Answer<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

#[circuit_breaker(handle = ANSWER, fallback = |_| Ok(7))]
fn answer(text: &str) -> Answer<'_> {
    let length = text.len();
    if length == 0 {
        return Box::pin(async { Ok(0) });
    }
    Box::pin(async move { Ok(length) })
}

/// As in `tower`.
trait Service {
    type Future: Future<Output = Reply>;

    fn call(&mut self, request: String) -> Self::Future;
}

struct Client {
    breaker: CircuitBreaker,
}

impl Service for Client {
    type Future = BoxFuture<'static, Reply>;

    #[circuit_breaker(breaker = self.breaker)]
    fn call(&mut self, request: String) -> Self::Future {
        Box::pin(async move { Ok(request.len()) })
    }
}

pub fn main() {
    let mut client = Client { breaker: breaker!() };
    assert_eq!((run(length("a")), run(local("a")), run(client.call("a".into()))), (Ok(1), Ok(1), Ok(1)));
    assert_eq!((LENGTH.metrics().total(), client.breaker.metrics().total()), (1, 1));
    assert_eq!((run(answer("a")), run(answer("")), ANSWER.metrics().total()), (Ok(1), Ok(0), 2));
    ANSWER.force_open();
    assert_eq!(run(answer("a")), Ok(7));
    client.breaker.force_open();
    assert!(run(client.call("a".into())).is_err());
}
