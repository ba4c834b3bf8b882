// fix by hand: `from_secs(60)` => `from_secs(59)`
use fluxgate::circuit_breaker;

const SLOW: std::time::Duration = std::time::Duration::from_secs(60);

#[circuit_breaker(trip = min(20) & slow_rate(0.3, SLOW))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
