// fix by hand: `(automaticTransitionFromOpenToHalfOpenEnabled = true)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(automaticTransitionFromOpenToHalfOpenEnabled = true)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
