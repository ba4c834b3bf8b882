// fix by hand: `(redis = "redis://localhost")` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(redis = "redis://localhost")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
