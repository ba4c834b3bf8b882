// fix: `!closed` => `half_open`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = closed & failure_streak(9) | !closed & failure_streak(5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
