// fix by hand: `10, 20` => `10`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10, 20) & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
