// fix by hand: `#[circuit_breaker]\n` => ``
#![deny(deprecated)]
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(3))]
#[circuit_breaker]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
