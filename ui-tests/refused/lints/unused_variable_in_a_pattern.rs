// fix by hand: `code @ 500..` => `500..`
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

#[circuit_breaker(track = ok(code @ 500..))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
