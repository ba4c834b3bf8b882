//! Every argument.

use fluxgate::circuit_breaker;

#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    NotPermitted(fluxgate::CallNotPermitted),
}

impl From<fluxgate::CallNotPermitted> for Failure {
    fn from(refusal: fluxgate::CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

#[circuit_breaker(
    name = "payments",
    window = time(60s, buckets = 6),
    trip = min(20) & (failure_rate(50%) | slow_rate(0.3, 1.5s)) | failure_streak(5),
    normal = 1%,
    outage = 95%,
    track = all,
    success = matches(Failure::NotPermitted(_)),
    retry = backoff(10s, multiplier = 2.0, max = 5m, jitter = 0.1),
    permit = ramp_up(0.1, 1.0, 60s),
    max_half_open_calls = 5,
    half_open_timeout = 1h,
    on_panic = failure,
    on_cancel = ignore,
    count_calls = true,
    crate = ::fluxgate
)]
fn call(fails: bool) -> Result<u32, Failure> {
    if fails { Err(Failure::Down) } else { Ok(1) }
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    assert_eq!(call(false), Ok(1));
    assert_eq!(call(true), Err(Failure::Down));
}
