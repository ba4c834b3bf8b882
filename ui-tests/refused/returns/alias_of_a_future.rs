// fix by hand: `-> BoxFuture<std::io::Result<u32>>` => `-> Pin<Box<dyn Future<Output = std::io::Result<u32>> + Send>>`
use fluxgate::circuit_breaker;

use std::{future::Future, pin::Pin};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

#[circuit_breaker]
fn call() -> BoxFuture<std::io::Result<u32>> {
    Box::pin(async { Ok(1) })
}

fn main() {
    let _ = call();
}
