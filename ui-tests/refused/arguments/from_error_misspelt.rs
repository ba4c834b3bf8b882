// fix: `from_eror` => `from_error`
use std::time::Duration;

use fluxgate::circuit_breaker;

fn retry_after(_: &std::io::Error) -> Option<Duration> {
    None
}

#[circuit_breaker(retry = from_eror(retry_after, otherwise = backoff(10s)))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = retry_after;
}
