// fix by hand: `normal = HEALTHY` => `normal = 5%`
use fluxgate::circuit_breaker;

const HEALTHY: f64 = 0.05;

#[circuit_breaker(trip = min(10) & failure_rate(0.5), normal = HEALTHY)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
