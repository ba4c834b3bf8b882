// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(track = ok(Some(Err(_))))]`
#![deny(deprecated)]

use std::io;

use fluxgate::circuit_breaker;

#[circuit_breaker]
async fn call() -> io::Result<Option<io::Result<u32>>> {
    Ok(None)
}

fn main() {
    let _ = call();
}
