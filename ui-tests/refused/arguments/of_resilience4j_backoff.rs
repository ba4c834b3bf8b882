// fix: `waitDurationInOpenState = 1s, enableExponentialBackoff = true` => `retry = backoff(1s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(waitDurationInOpenState = 1s, enableExponentialBackoff = true)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
