// fix by hand: `closed & half_open & ` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = closed & half_open & failure_streak(5) | failure_streak(9))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
