// fix by hand: `(track = returned(_), rejected = |_| std::future::ready(Ok(1)))]\nasync fn` => `]\nfn`
use std::future::Future;
use std::pin::Pin;

use fluxgate::{CallNotPermitted, circuit_breaker};

type Boxed = Pin<Box<dyn Future<Output = Result<u32, CallNotPermitted>>>>;

#[circuit_breaker(track = returned(_), rejected = |_| std::future::ready(Ok(1)))]
async fn call() -> impl Future<Output = Result<u32, CallNotPermitted>> {
    async { Ok(1) }
}

fn main() {
    let _ = call();
    let _: Option<Boxed> = None;
}
