//! Alternatives that look alike, of which none implies another: nothing is warned about.
#![deny(deprecated)]

use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & failure_rate(80%) | min(50) & failure_rate(50%))]
fn fewer_calls_or_more() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = min(10) & slow_rate(80%, 1s) | min(10) & slow_rate(50%, 5s))]
fn slow_or_very_slow() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = failure_streak(5) | failures(20) | min(20) & failure_rate(50%))]
fn in_a_row_or_altogether() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = closed & min(100) & failure_rate(50%) | half_open & min(10) & failure_rate(50%))]
fn by_state() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(window = time(60s), trip = min(10) & slow_rate(50%, 59s), half_open_timeout = 2m)]
fn slow_within_the_window() -> std::io::Result<()> {
    Ok(())
}

pub fn main() {
    let calls =
        [fewer_calls_or_more(), slow_or_very_slow(), in_a_row_or_altogether(), by_state(), slow_within_the_window()];
    assert!(calls.iter().all(Result::is_ok));
}
