//! Breakers as values.

use fluxgate::{CircuitBreaker, State, breaker};

struct Client {
    breaker: CircuitBreaker,
}

const TEMPLATE: CircuitBreaker = breaker!(trip = failure_streak(1));

pub fn main() {
    let clients: Vec<_> = (0..3).map(|_| Client { breaker: breaker!(trip = failure_streak(1)) }).collect();
    clients[0].breaker.force_open();
    assert_eq!(clients[1].breaker.state(), State::Closed);
    let (one, other) = (TEMPLATE, TEMPLATE);
    one.force_open();
    assert_eq!(other.state(), State::Closed);
}
