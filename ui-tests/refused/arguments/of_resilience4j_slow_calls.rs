// fix: `slowCallRateThreshold = 80, slowCallDurationThreshold = 3s` => `trip = min(10) & slow_rate(80%, 3s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(slowCallRateThreshold = 80, slowCallDurationThreshold = 3s)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
