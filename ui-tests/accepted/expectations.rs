//! What is normal, and what is an outage.

use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

#[circuit_breaker(trip = min(25) & failure_rate(50%), normal = 20%, outage = 65%)]
fn both() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(window = time(60s), trip = "min(20) & failure_rate(50%)", normal = 5%)]
fn of_a_time_window() -> std::io::Result<u32> {
    Ok(2)
}

#[circuit_breaker(normal = 0.1)]
fn by_default() -> std::io::Result<u32> {
    Ok(3)
}

static SHARED: CircuitBreaker =
    breaker!(window = count(20), trip = failures(10) | failure_streak(6), normal = 5%, outage = 90%);

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    assert_eq!((both().unwrap(), of_a_time_window().unwrap(), by_default().unwrap()), (1, 2, 3));
    assert_eq!(SHARED.snapshot().rule, "failures(10) | failure_streak(6)");
}
