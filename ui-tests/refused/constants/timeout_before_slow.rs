// fix by hand: `from_secs(10)` => `from_secs(11)`
use fluxgate::circuit_breaker;

const LONGEST: std::time::Duration = std::time::Duration::from_secs(10);

#[circuit_breaker(trip = min(20) & slow_rate(0.3, 10s), half_open_timeout = LONGEST)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
