// fix: `enableExponentialBackoff = true, exponentialBackoffMultiplier = 2` => `retry = backoff(10s, multiplier = 2)`
use fluxgate::circuit_breaker;

#[circuit_breaker(enableExponentialBackoff = true, exponentialBackoffMultiplier = 2)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
