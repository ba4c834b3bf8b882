// fix by hand: `0.5` => `2.0`
use fluxgate::circuit_breaker;

const FACTOR: f64 = 0.5;

#[circuit_breaker(retry = backoff(1s, multiplier = FACTOR))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
