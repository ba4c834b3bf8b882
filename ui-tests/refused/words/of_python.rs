// fix: `Backoff(initial=10, multiplier=2, max_duration=300)` => `backoff(10s, multiplier = 2, max = 300s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = Backoff(initial=10, multiplier=2, max_duration=300))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
