// fix by hand: `breaker = PAYMENTS` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(breaker = PAYMENTS)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
