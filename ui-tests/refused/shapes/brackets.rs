// fix by hand: `[min(10) | failure_streak(3)]` => `(min(10) | failure_streak(3))`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = [min(10) | failure_streak(3)] & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
