// fix by hand: `async fn` => `fn`
use std::future::Future;
use std::pin::Pin;

use fluxgate::{CallNotPermitted, circuit_breaker};

type Boxed = Pin<Box<dyn Future<Output = Result<u32, CallNotPermitted>>>>;

#[circuit_breaker]
async fn call() -> impl Future<Output = Result<u32, CallNotPermitted>> {
    async { Ok(1) }
}

fn main() {
    let _ = call();
    let _: Option<Boxed> = None;
}
