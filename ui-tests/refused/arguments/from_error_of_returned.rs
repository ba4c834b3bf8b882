// fix by hand: `track = returned(Err(_))` => `track = all`
use std::time::Duration;

use fluxgate::circuit_breaker;

fn retry_after(_: &std::io::Error) -> Option<Duration> {
    None
}

#[circuit_breaker(track = returned(Err(_)), retry = from_error(retry_after))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = retry_after;
}
