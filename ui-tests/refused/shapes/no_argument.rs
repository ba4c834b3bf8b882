// fix by hand: `min &` => `min(10) &`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
