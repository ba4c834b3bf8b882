// fix by hand: `from_secs(5)` => `from_secs(50)`
use fluxgate::circuit_breaker;
use std::time::Duration;

const MOST: Duration = Duration::from_secs(5);

#[circuit_breaker(retry = backoff(10s, max = MOST))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = Duration::ZERO;
}
