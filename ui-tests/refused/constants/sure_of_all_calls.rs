// fix by hand: `1.0;` => `0.9;`
use fluxgate::circuit_breaker;

const SHARE: f64 = 1.0;

#[circuit_breaker(trip = failure_rate(SHARE, sure = 0.95))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
