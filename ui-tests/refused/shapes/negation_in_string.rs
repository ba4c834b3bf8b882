// fix: `~closed` => `half_open`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "failures(5) | ~closed & failures(2)")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
