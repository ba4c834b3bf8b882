// fix: `5, Duration::from_secs(60)` => `trip = failures(5), retry = cooldown(Duration::from_secs(60))`
use fluxgate::circuit_breaker;
use std::time::Duration;

pub const LONG: Duration = Duration::from_secs(60);

#[circuit_breaker(5, Duration::from_secs(60))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
    let _ = LONG;
}
