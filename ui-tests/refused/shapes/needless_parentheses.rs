// fix: `closed()` => `closed`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = closed() & failure_streak(5) | half_open & failure_streak(1))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
