// fix: `consecutive_5xx = 5, base_ejection_time = "30s", max_ejection_time = "300s"` => `trip = failure_streak(5), retry = backoff(30s, max = 300s)`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(consecutive_5xx = 5, base_ejection_time = "30s", max_ejection_time = "300s")]
fn work() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = work();
}
