// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = all)]`
#![deny(deprecated)]

use std::future::Future;
use std::io;
use std::pin::Pin;

use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> io::Result<Pin<Box<dyn Future<Output = io::Result<u32>>>>> {
    Ok(Box::pin(async { Ok(1) }))
}

fn main() {
    let _ = call();
}
