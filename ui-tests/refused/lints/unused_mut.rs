// fix by hand: `mut number` => `number`
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

#[circuit_breaker]
async fn call(mut number: u32) -> std::io::Result<u32> {
    Ok(number)
}

fn main() {
    let _ = call(1);
}
