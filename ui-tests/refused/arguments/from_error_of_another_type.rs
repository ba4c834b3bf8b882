// fix by hand: `from_error(seconds)` => `from_error(retry_after)`
use std::time::Duration;

use fluxgate::circuit_breaker;

fn retry_after(_: &std::io::Error) -> Option<Duration> {
    None
}

fn seconds(_: &std::io::Error) -> u64 {
    10
}

#[circuit_breaker(retry = from_error(seconds))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = retry_after;
}
