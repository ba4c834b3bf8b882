//! Whether calls are counted may be a literal or a constant.

use fluxgate::{CircuitBreaker, breaker, circuit_breaker};

const COUNTS: bool = cfg!(debug_assertions) || true;

static SHARED: CircuitBreaker = breaker!(name = "accepted: counted", count_calls = true);

#[circuit_breaker(count_calls = COUNTS, handle = OWN)]
fn own() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(count_calls = false, handle = UNCOUNTED)]
fn uncounted() -> std::io::Result<()> {
    Ok(())
}

#[circuit_breaker(breaker = SHARED)]
fn shared() -> std::io::Result<()> {
    Ok(())
}

pub fn main() {
    for _ in 0..3 {
        assert!([own(), uncounted(), shared()].iter().all(Result::is_ok));
    }
    let counts = [&OWN, &UNCOUNTED, &SHARED].map(|breaker| breaker.snapshot().totals.successes);
    assert_eq!(counts, [Some(3), None, Some(3)]);
}
