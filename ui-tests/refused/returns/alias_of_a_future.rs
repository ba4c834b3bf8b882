// fix by hand: `-> Reply<std::io::Result<u32>>` => `-> Pin<Box<dyn Future<Output = std::io::Result<u32>> + Send>>`
use fluxgate::circuit_breaker;

use std::{future::Future, pin::Pin};

type Reply<T> = Pin<Box<dyn Future<Output = T> + Send>>;

#[circuit_breaker]
fn call() -> Reply<std::io::Result<u32>> {
    Box::pin(async { Ok(1) })
}

fn main() {
    let _ = call();
}
