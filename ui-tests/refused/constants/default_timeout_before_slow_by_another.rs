// fix by hand: `90s` => `50s`
use fluxgate::circuit_breaker;

const CALLS: u32 = 20;

#[circuit_breaker(trip = min(CALLS) & slow_rate(0.3, 90s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
