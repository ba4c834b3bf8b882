// fix: `exponential_backoff(10s, 2.0, 60s)` => `backoff(10s, multiplier = 2.0, max = 60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = exponential_backoff(10s, 2.0, 60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
