// fix by hand: `fn main() {}` => `fn main() {\n    let _ = call();\n}`
#![deny(dead_code)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {}
