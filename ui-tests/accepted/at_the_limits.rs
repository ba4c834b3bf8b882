//! What is just in range, and stricter in half-open than closed.

use std::time::Duration;

use fluxgate::circuit_breaker;

const LEAST: f64 = 0.01;
const MOST: u32 = 1_000_000;
const SLOW: Duration = Duration::from_secs(10);

#[circuit_breaker(permit = random(1%))]
fn rare() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(permit = random(LEAST), trip = failure_streak(MOST))]
fn constant() -> std::io::Result<u32> {
    Ok(1)
}

#[allow(deprecated)]
#[circuit_breaker(trip = failure_streak(1_000_000) | closed & failure_streak(4_000_000_000))]
fn long() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(trip = min(9) & (slow_rate(0.5, 1us) | avg_latency(1us)), half_open_timeout = 1ms)]
fn short() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(trip = min(9) & slow_rate(0.5, 10s), half_open_timeout = 10.1s)]
fn barely() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(trip = min(9) & slow_rate(0.5, SLOW), half_open_timeout = 11s)]
fn barely_constant() -> std::io::Result<u32> {
    Ok(1)
}

/// In half-open nobody asks for the two minutes.
#[circuit_breaker(trip = closed & min(9) & slow_rate(0.5, 2m) | half_open & min(2) & slow_rate(0.5, 30s))]
fn stricter() -> std::io::Result<u32> {
    Ok(1)
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    for call in [rare, constant, long, short, barely, barely_constant, stricter] {
        assert_eq!(call().ok(), Some(1));
    }
}
