// fix by hand: `Ok(1)` => `Ok(number)`
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call(number: u32) -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call(1);
}
