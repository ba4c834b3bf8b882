// fix by hand: `slow_rate` => `min(10) & slow_rate`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = slow_rate(0.5, 2s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
