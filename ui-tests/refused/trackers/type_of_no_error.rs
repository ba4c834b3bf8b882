// fix by hand: `String` => `std::fmt::Error`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = type_of(String))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
