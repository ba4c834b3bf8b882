// fix: `ｍｉｎ` => `min`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "ｍｉｎ(10) & failure_rate(0.5)")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
