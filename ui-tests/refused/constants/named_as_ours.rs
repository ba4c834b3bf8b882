// fix by hand: `failures(__FLUXGATE_1)` => `failures(3)`
use fluxgate::circuit_breaker;

const CALLS: u32 = 7;
#[allow(dead_code)]
const __FLUXGATE_1: u32 = 3;

// Each constant of an attribute gets a name in the expansion, so this would be another name for `CALLS`.
#[circuit_breaker(trip = min(CALLS) & failures(__FLUXGATE_1))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
