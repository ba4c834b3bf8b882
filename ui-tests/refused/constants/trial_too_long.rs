// fix by hand: `4_000_000_000` => `1_000_000`
use fluxgate::circuit_breaker;

const CALLS: u32 = 4_000_000_000;

#[circuit_breaker(trip = failure_streak(CALLS))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
