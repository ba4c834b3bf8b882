// fix by hand: `async fn call() -> Pin<Box<dyn Future<Output = Result<u32, CallNotPermitted>>>> {\n    Box::pin(async { Ok(1) })` => `async fn call() -> Result<u32, CallNotPermitted> {\n    Ok(1)`
use std::future::Future;
use std::pin::Pin;

use fluxgate::{CallNotPermitted, circuit_breaker};

type Boxed = Pin<Box<dyn Future<Output = Result<u32, CallNotPermitted>>>>;

#[circuit_breaker]
async fn call() -> Pin<Box<dyn Future<Output = Result<u32, CallNotPermitted>>>> {
    Box::pin(async { Ok(1) })
}

fn main() {
    let _ = call();
    let _: Option<Boxed> = None;
}
