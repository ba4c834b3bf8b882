// fix: `errorThresholdPercentage = 50, resetTimeout = 30000` => `trip = min(10) & failure_rate(50%), retry = cooldown(30000ms)`
use fluxgate::circuit_breaker;

#[circuit_breaker(errorThresholdPercentage = 50, resetTimeout = 30000)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
