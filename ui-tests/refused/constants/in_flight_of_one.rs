// fix by hand: `= 1;` => `= 2;`
use fluxgate::circuit_breaker;

const CALLS: u32 = 1;

#[circuit_breaker(trip = failures(5) | in_flight(CALLS))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
