// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = all)]`
#![deny(deprecated)]

use std::io;

use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> io::Result<Result<u32, String>> {
    Ok(Err("down".into()))
}

fn main() {
    let _ = call();
}
