// fix by hand: `type_of(io::ErrorKind)` => `type_of(io::Error)`
use fluxgate::circuit_breaker;
use std::io;

#[circuit_breaker(track = type_of(io::ErrorKind))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
