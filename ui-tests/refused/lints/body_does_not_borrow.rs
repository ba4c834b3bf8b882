// fix by hand: `drop(text);\n    Ok(text.len())` => `Ok(text.len())`
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call(text: String) -> std::io::Result<usize> {
    drop(text);
    Ok(text.len())
}

fn main() {
    let _ = call(String::new());
}
