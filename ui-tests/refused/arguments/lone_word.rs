// fix by hand: `(debug)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(debug)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
