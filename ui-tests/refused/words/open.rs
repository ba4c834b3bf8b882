// fix by hand: `open &` => `half_open &`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = open & min(10) & failure_rate(0.5) | failure_streak(5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
