//! Breaker in a generic function.

use fluxgate::{CircuitBreaker, breaker};

fn make<T: Default>() -> (T, CircuitBreaker) {
    (T::default(), breaker!(window = count(10), trip = failure_streak(1)))
}

pub fn main() {
    let (number, breaker) = make::<u32>();
    assert_eq!((number, breaker.metrics().total()), (0, 0));
}
