// fix: `permittedNumberOfCallsInHalfOpenState = 3` => `max_half_open_calls = 3, trip = closed & min(100) & failure_rate(0.5) | half_open & min(3) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(permittedNumberOfCallsInHalfOpenState = 3)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
