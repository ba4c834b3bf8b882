// fix by hand: `0.05;` => `0.95;`
use fluxgate::circuit_breaker;

const LEVEL: f64 = 0.05;

#[circuit_breaker(trip = failure_rate(0.5, sure = LEVEL))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
