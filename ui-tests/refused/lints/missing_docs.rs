// fix by hand: `#[circuit_breaker]` => `/// Calls.\n#[circuit_breaker]`
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

#[circuit_breaker]
pub fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {}
