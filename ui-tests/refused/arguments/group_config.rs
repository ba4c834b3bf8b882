// fix: `config(failure_rate = 0.5, min = 10)` => `trip = min(10) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(config(failure_rate = 0.5, min = 10))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
