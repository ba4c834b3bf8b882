//! What other libraries call settings are good names for the user's own things.

use std::time::Duration;

use fluxgate::{CallNotPermitted, Metrics, circuit_breaker};

type Reply = Result<u32, fluxgate::Error<String>>;

const FAILURE_THRESHOLD: u32 = 5;
const SLIDING_WINDOW_SIZE: usize = 50;

fn error_filter(error: &fluxgate::Error<String>) -> bool {
    !matches!(error, fluxgate::Error::NotPermitted(_))
}

fn wait_duration(reopens: u32) -> Duration {
    Duration::from_secs(u64::from(reopens) + 1)
}

fn should_trip(metrics: &Metrics) -> bool {
    metrics.failures() > 10
}

fn fallback_method(_: CallNotPermitted) -> Reply {
    Ok(0)
}

#[circuit_breaker(
    window = count(SLIDING_WINDOW_SIZE),
    trip = failure_streak(FAILURE_THRESHOLD) | min(20) & custom(should_trip),
    track = custom(error_filter),
    retry = custom(wait_duration),
    rejected = fallback_method,
    handle = SHARED
)]
fn window(timeout: u32) -> Reply {
    Ok(timeout)
}

pub fn main() {
    assert!(matches!(window(7), Ok(7)));
    SHARED.force_open();
    assert!(matches!(window(7), Ok(0)));
}
