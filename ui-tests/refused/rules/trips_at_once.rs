// fix by hand: `closed` => `failure_streak(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = closed)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
