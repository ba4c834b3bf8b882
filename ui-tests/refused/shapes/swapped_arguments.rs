// fix by hand: `2s, 0.5` => `0.5, 2s`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & slow_rate(2s, 0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
