// fix: `half-open` => `half_open`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = half-open & failures(1) | closed & failures(5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
