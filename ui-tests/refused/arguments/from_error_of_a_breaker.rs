// fix by hand: `from_error(retry_after, otherwise = backoff(10s))` => `backoff(10s)`
use std::time::Duration;

use fluxgate::{CircuitBreaker, breaker};

fn retry_after(_: &std::io::Error) -> Option<Duration> {
    None
}

static PAYMENTS: CircuitBreaker = breaker!(retry = from_error(retry_after, otherwise = backoff(10s)));

fn main() {
    let _ = (&PAYMENTS, retry_after);
}
