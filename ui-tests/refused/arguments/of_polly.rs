// fix: `FailureRatio = 0.5, MinimumThroughput = 8` => `trip = min(8) & failure_rate(0.5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(FailureRatio = 0.5, MinimumThroughput = 8)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
