// fix: `~half_open` => `closed`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = ~half_open & failures(5) | half_open & failures(2))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
