// fix by hand: `(enabled = false)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(enabled = false)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
