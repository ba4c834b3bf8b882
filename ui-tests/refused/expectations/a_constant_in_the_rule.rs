// fix by hand: `min(MIN_CALLS)` => `min(25)`
use fluxgate::circuit_breaker;

const MIN_CALLS: u32 = 25;

#[circuit_breaker(trip = min(MIN_CALLS) & failure_rate(0.5), normal = 20%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
