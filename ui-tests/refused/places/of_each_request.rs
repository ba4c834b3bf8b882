// fix by hand: `|_: &u32| PRICES.clone()` => `&PRICES`
use fluxgate::tower::CircuitBreakerLayer;
use fluxgate::{CircuitBreaker, breaker};
use std::future::ready;

static PRICES: CircuitBreaker = breaker!();

fn main() {
    let _ = CircuitBreakerLayer::new(|_: &u32| PRICES.clone()).pending_while_open(|_| ready(()));
}
