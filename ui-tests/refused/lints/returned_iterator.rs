// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = all)]`
#![deny(deprecated)]

use std::io;

use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> io::Result<impl Iterator<Item = io::Result<u32>>> {
    Ok([Ok(1)].into_iter())
}

fn main() {
    let _ = call();
}
