// fix: `50%` => `trip = min(10) & failure_rate(50%)`
use fluxgate::circuit_breaker;

#[circuit_breaker(50%)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
