// fix: `trip = "min(10) & failure_rate(0.5) & time(60s)"` => `trip = min(10) & failure_rate(0.5), window = time(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "min(10) & failure_rate(0.5) & time(60s)")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
