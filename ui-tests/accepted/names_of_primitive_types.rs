//! Types of the user's under the names of primitive ones, beside constants of those.
#![deny(warnings)]
#![allow(non_camel_case_types)]

use fluxgate_ui_tests::run;

mod constants {
    use std::time::Duration;

    pub const NAME: &str = "payments";
    pub const CALLS: u32 = 10;
    pub const SIZE: usize = 50;
    pub const SHARE: f64 = 0.5;
    pub const TIME: Duration = Duration::from_secs(5);
}

mod shadows {
    use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

    use super::constants::{CALLS, NAME, SHARE, SIZE, TIME};

    pub struct u64;
    pub struct f64;
    pub struct str;
    pub struct bool;
    pub enum usize {}
    pub type u32 = String;

    pub static PAYMENTS: CircuitBreaker =
        breaker!(name = NAME, window = time(TIME, buckets = SIZE), permit = ramp_up(SHARE, 1.0, TIME));

    #[circuit_breaker(
        name = NAME,
        window = count(SIZE),
        trip = min(CALLS) & (failure_rate(SHARE) | slow_rate(SHARE, TIME)) | failure_streak(CALLS),
        retry = backoff(TIME, multiplier = 2.0, jitter = SHARE),
        max_half_open_calls = CALLS,
        half_open_timeout = TIME.saturating_mul(2),
        on_cancel = failure(after = TIME),
        track = matches(_ if CALLS > 1),
        handle = CALL,
    )]
    pub async fn call(_: u32) -> Result<(), CallNotPermitted> {
        Ok(())
    }
}

pub fn main() {
    assert!(run(shadows::call(String::new())).is_ok());
    assert_eq!((shadows::CALL.name(), shadows::PAYMENTS.name()), ("payments", "payments"));
}
