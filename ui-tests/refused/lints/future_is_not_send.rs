// fix by hand: `assert_send(call` => `drop(call`
#![deny(warnings)]
#![warn(missing_docs)]
//! A program.
use fluxgate::circuit_breaker;

/// Sends.
#[circuit_breaker]
pub async fn call(cell: &std::cell::Cell<u32>) -> std::io::Result<u32> {
    std::future::ready(()).await;
    Ok(cell.get())
}

fn assert_send(_: impl Send) {}

fn main() {
    assert_send(call(&std::cell::Cell::new(1)));
}
