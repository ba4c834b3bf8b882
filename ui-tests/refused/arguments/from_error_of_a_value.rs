// fix by hand: `10` => `retry_after`
use std::time::Duration;

use fluxgate::circuit_breaker;

fn retry_after(_: &std::io::Error) -> Option<Duration> {
    None
}

#[circuit_breaker(retry = from_error(10))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = retry_after;
}
