// fix by hand: `    call();` => `    let _ = call();`
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    call();
}
