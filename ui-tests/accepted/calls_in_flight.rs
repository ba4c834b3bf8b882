//! Calls that run, in both spellings and from a constant.

use std::future::Future;

use fluxgate::{CircuitBreaker, State, breaker, circuit_breaker};

const BUSY: u32 = 3;

static SHARED: CircuitBreaker = breaker!(name = "shared", trip = failures(5) | closed & in_flight(BUSY));

#[circuit_breaker(trip = min(10) & (failure_rate(50%) | slow_rate(50%, 2s)) | in_flight(BUSY), handle = BARE)]
async fn bare() -> std::io::Result<()> {
    std::future::pending().await
}

#[circuit_breaker(trip = "failures(5) | in_flight(2) & failures(1)", handle = QUOTED)]
fn quoted(depth: u32) -> std::io::Result<()> {
    if depth > 0 { quoted(depth - 1) } else { Err(std::io::ErrorKind::TimedOut.into()) }
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut calls: Vec<_> = (0..BUSY).map(|_| Box::pin(bare())).collect();
    for (nth, call) in (1..).zip(&mut calls) {
        assert!(call.as_mut().poll(&mut context).is_pending());
        assert_eq!(BARE.state() == State::Open, nth == BUSY);
    }
    // A call within a call is not another one in flight.
    let _ = quoted(3);
    assert_eq!((QUOTED.state(), QUOTED.metrics().in_flight()), (State::Closed, Some(0)));
    let held: Vec<_> = (0..BUSY).filter_map(|_| SHARED.acquire().ok()).collect();
    assert_eq!((SHARED.state(), held.len()), (State::Open, 3));
}
