// fix by hand: `(trip = default)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = default)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
