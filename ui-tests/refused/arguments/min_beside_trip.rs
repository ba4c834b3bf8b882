// fix: `trip = failures(5), min_requests = 10` => `trip = min(10) & failures(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5), min_requests = 10)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
