// fix: `from_error(retry_after, otherwise = backoff(10s))` => `from_error(retry_after)`
use std::time::Duration;

use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

static DISK: CircuitBreaker = breaker!();

fn retry_after(_: &std::io::Error) -> Option<Duration> {
    None
}

#[circuit_breaker(breaker = DISK, retry = from_error(retry_after, otherwise = backoff(10s)))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = retry_after;
}
