// fix by hand: `, trip = failure_streak(6)` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(5), trip = failure_streak(6))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
