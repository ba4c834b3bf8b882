// fix: `0x10` => `16`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failure_streak(0x10))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
