//! Durations as literals, constants and expressions.

use std::time::Duration;

use fluxgate::circuit_breaker;

const PAUSE: Duration = Duration::from_secs(30);

struct Limits;

impl Limits {
    const LONGEST: Duration = Duration::from_secs(60 * 5);
}

#[circuit_breaker(window = time(PAUSE, buckets = 10), retry = backoff(PAUSE, max = Limits::LONGEST))]
fn constants() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(retry = cooldown(Duration::from_millis(1_500)), half_open_timeout = 1.5m)]
fn expressions() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = min(10) & slow_rate(50%, 250us) | min(5) & avg_latency(2_000ms), retry = cooldown(1h))]
fn literals() -> std::io::Result<()> {
    Ok(())
}

pub fn main() {
    assert!([constants(), expressions(), literals()].iter().all(Result::is_ok));
}
