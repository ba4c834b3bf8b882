// fix by hand: `closed { failures(5) } | half_open { failures(1) }` => `closed & failures(5) | half_open & failures(1)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = closed { failures(5) } | half_open { failures(1) })]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
