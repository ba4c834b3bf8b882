// fix by hand: `min(200)` => `min(100)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = count(100), trip = closed & min(200) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
