// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(rejected = |refusal| Err(refusal.to_string()))]`
use fluxgate::circuit_breaker;

use std::{future::Future, pin::Pin};

#[circuit_breaker]
fn call() -> Pin<Box<dyn Future<Output = Result<u32, String>> + Send>> {
    Box::pin(async { Ok(1) })
}

fn main() {
    let _ = call();
}
