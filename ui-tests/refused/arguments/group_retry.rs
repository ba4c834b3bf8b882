// fix: `retry(initial = 10s, max = 60s)` => `retry = backoff(10s, max = 60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry(initial = 10s, max = 60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
