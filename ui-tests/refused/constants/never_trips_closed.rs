// fix by hand: `half_open & ` => ``
use fluxgate::circuit_breaker;

const CALLS: u32 = 5;

#[circuit_breaker(trip = half_open & failures(CALLS))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
