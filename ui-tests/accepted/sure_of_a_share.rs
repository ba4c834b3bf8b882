//! Shares that have to be exceeded beyond what chance explains.
#![deny(deprecated)]

use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

const SHARE: f64 = 0.5;
const LEVEL: f64 = 0.95;

#[circuit_breaker(trip = failure_rate(50%, sure = 95%))]
fn alone() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = "closed & failure_rate(0.3, sure = 0.999) | half_open & failure_rate(0.2, sure = 0.5) | failure_streak(5)")]
fn in_a_string() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = failure_rate(SHARE, sure = LEVEL), window = count(8))]
fn of_constants() -> std::io::Result<()> {
    Ok(())
}

struct Levels;

impl Levels {
    const HIGH: f64 = 0.99;
}

#[circuit_breaker(trip = failure_rate(SHARE / 2.0, sure = Levels::HIGH) | failure_streak(9))]
fn of_an_expression() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = "failure_rate(SHARE, sure = 1.0 - (1.0 - LEVEL) / 5.0)")]
fn of_constants_in_a_string() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = failure_rate(30%, sure = 99%), normal = 10%, outage = 60%)]
fn as_expected() -> std::io::Result<()> {
    Ok(())
}

static SHARED: CircuitBreaker = breaker!(name = "shared", trip = min(20) & failure_rate(50%, sure = 90%));

pub fn main() {
    let calls = [alone, in_a_string, of_constants, of_an_expression, of_constants_in_a_string, as_expected];
    assert!(calls.iter().all(|call| call().is_ok()));
    assert!(SHARED.call(|| std::io::Result::Ok(())).is_ok());
}
