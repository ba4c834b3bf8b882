// fix by hand: `= Duration::ZERO;` => `= Duration::from_secs(60);`
use fluxgate::circuit_breaker;
use std::time::Duration;

const WAIT: Duration = Duration::ZERO;

#[circuit_breaker(retry = cooldown(WAIT))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = Duration::ZERO;
}
