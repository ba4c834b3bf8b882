// fix: `error_threshold = 0.5, closed_len = 100, half_open_len = 5` => `trip = closed & min(100) & failure_rate(0.5) | half_open & min(5) & failure_rate(0.5), window = count(100)`
use fluxgate::circuit_breaker;

#[circuit_breaker(error_threshold = 0.5, closed_len = 100, half_open_len = 5)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
