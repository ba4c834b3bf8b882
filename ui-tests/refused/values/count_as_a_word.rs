// fix: `unlimited` => `10`
use fluxgate::circuit_breaker;

#[circuit_breaker(max_half_open_calls = unlimited)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
