// fix by hand: `#[deprecated]\n` => ``
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

/// Calls.
#[deprecated]
#[circuit_breaker(handle = CALL)]
pub fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
    let _ = CALL.state();
}
