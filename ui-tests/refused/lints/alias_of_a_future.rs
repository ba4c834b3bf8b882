// fix by hand: `#[circuit_breaker(track = returned(_ if is_late()), rejected = |_| other())]\nfn call() -> Reply` => `#[circuit_breaker]\nfn call() -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>>`
#![deny(deprecated)]

use std::future::Future;
use std::io;
use std::pin::Pin;

use fluxgate::circuit_breaker;

type Reply = Pin<Box<dyn Future<Output = io::Result<u32>> + Send>>;

fn is_late() -> bool {
    false
}

fn other() -> Reply {
    Box::pin(async { Ok(1) })
}

#[circuit_breaker(track = returned(_ if is_late()), rejected = |_| other())]
fn call() -> Reply {
    other()
}

fn main() {
    let _ = (call(), is_late());
}
