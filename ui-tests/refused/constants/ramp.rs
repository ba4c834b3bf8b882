// fix by hand: `0.9` => `0.1`
use fluxgate::circuit_breaker;
use std::time::Duration;

const FROM: f64 = 0.9;

#[circuit_breaker(permit = ramp_up(FROM, 0.5, 60s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = Duration::ZERO;
}
