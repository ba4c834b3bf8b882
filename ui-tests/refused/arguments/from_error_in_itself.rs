// fix: `otherwise = from_error(retry_after)` => `otherwise = cooldown(60s)`
use std::time::Duration;

use fluxgate::circuit_breaker;

fn retry_after(_: &std::io::Error) -> Option<Duration> {
    None
}

#[circuit_breaker(retry = from_error(retry_after, otherwise = from_error(retry_after)))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = retry_after;
}
