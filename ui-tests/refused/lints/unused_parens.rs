// fix by hand: `(1)` => `1`
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

#[circuit_breaker]
async fn call() -> std::io::Result<u32> {
    let number = (1);
    Ok(number)
}

fn main() {
    let _ = call();
}
