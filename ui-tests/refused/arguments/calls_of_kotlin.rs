// fix: `failureRateThreshold(50f), waitDurationInOpenState(Duration.ofMillis(500))` => `trip = min(10) & failure_rate(50%), retry = cooldown(500ms)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failureRateThreshold(50f), waitDurationInOpenState(Duration.ofMillis(500)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
