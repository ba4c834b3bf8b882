// fix: `50percent` => `50%`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(50percent))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
