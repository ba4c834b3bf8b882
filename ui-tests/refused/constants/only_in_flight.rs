// fix by hand: `in_flight(CALLS)` => `failures(5) | in_flight(CALLS)`
use fluxgate::circuit_breaker;

const CALLS: u32 = 50;

#[circuit_breaker(trip = in_flight(CALLS))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
