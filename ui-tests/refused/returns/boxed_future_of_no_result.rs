// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = returned(0), rejected = |_| 0)]`
use fluxgate::circuit_breaker;

use std::{future::Future, pin::Pin};

#[circuit_breaker]
fn call() -> Pin<Box<dyn Future<Output = u32>>> {
    Box::pin(async { 1 })
}

fn main() {
    let _ = call();
}
