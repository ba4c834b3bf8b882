// fix by hand: `1.0;` => `0.9;`
use fluxgate::circuit_breaker;

const SHARE: f64 = 1.0;

#[circuit_breaker(trip = min(10) & failure_rate(SHARE, sure = 95%))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
