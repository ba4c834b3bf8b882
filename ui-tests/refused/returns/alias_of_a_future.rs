// fix by hand: `fn call() -> Reply<std::io::Result<u32>>` => `fn call() -> Pin<Box<dyn Future<Output = std::io::Result<u32>> + Send>>`
use fluxgate::circuit_breaker;

use std::{future::Future, pin::Pin};

type Reply<T> = Pin<Box<dyn Future<Output = T> + Send>>;

fn other() -> Reply<std::io::Result<u32>> {
    Box::pin(async { Ok(1) })
}

#[circuit_breaker]
fn call() -> Reply<std::io::Result<u32>> {
    other()
}

fn main() {
    let _ = call();
}
