// fix: `failure_threshold(5), success_threshold(2), timeout(Duration::from_secs(60))` => `trip = closed & failure_streak(5) | half_open & min(2) & failure_rate(0.5), retry = cooldown(Duration::from_secs(60))`
use std::time::Duration;

use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(failure_threshold(5), success_threshold(2), timeout(Duration::from_secs(60)))]
fn work() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    let _ = (work(), Duration::ZERO);
}
