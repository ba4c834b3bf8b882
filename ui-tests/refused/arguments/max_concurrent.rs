// fix by hand: `(max_concurrent = 10)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(max_concurrent = 10)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
