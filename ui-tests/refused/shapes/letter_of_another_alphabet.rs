// fix: `f\u{430}ilure_rate` => `failure_rate`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "min(10) & f\u{430}ilure_rate(0.5)")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
