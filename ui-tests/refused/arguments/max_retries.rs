// fix by hand: `(max_retries = 3)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(max_retries = 3)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
