// fix: `error_threshold = 0.5, closed_len = 100, half_open_len = 5` => `trip = min(10) & failure_rate(0.5), window = count(100), max_half_open_calls = 5`
use fluxgate::circuit_breaker;

#[circuit_breaker(error_threshold = 0.5, closed_len = 100, half_open_len = 5)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
