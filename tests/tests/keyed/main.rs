//! Families of breakers, one for each key.

mod clocks;
mod commanded;
mod eviction;
mod family;
mod hostile;
mod isolated;
mod model;
mod threads;

use fluxgate::testing::ManualClock;
use fluxgate::{Builder, CircuitBreaker, Outcome, retry, trip};
use std::time::Duration;

/// A builder on this clock for breakers that open on the first failure and retry after a minute.
fn fragile(name: &'static str, clock: &ManualClock) -> Builder {
    CircuitBreaker::builder(name)
        .trip(trip::failure_streak(1))
        .retry(retry::cooldown(Duration::from_secs(60)))
        .clock(clock.clone())
}

fn fail(breaker: &CircuitBreaker) {
    breaker.acquire().expect("it is closed").record(Outcome::Failure);
}
