// fix: `backoff = exponential, initial = 1s, max = 30s` => `retry = backoff(1s, max = 30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(backoff = exponential, initial = 1s, max = 30s)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
