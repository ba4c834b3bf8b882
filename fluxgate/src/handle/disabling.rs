//! Disabling every breaker of a test process.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::breaker::Breaker;
use crate::engine::manual;
use crate::engine::registry::REGISTRY;
use crate::events::transition::Reason;
use crate::state::State;

static IS_FOR_ALL: AtomicBool = AtomicBool::new(false);

/// [Disables](crate::CircuitBreaker::disable) every breaker of the process, those in use and those still to come: for suites of tests that
/// are not about breakers, and provoke failures that would open them. Under [`isolate`](crate::testing::isolate), breakers start fresh all
/// the same, and any breaker can be given another command.
///
/// ```
/// use fluxgate::{State, circuit_breaker};
///
/// #[circuit_breaker(trip = failure_streak(1), handle = PARSED)]
/// fn parsed(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
///     Ok(text.parse()?)
/// }
///
/// fluxgate::testing::disable_all();
/// for _ in 0..100 {
///     assert!(parsed("no number").is_err());
/// }
/// assert_eq!((parsed("12").unwrap(), PARSED.state()), (12, State::Disabled));
/// ```
pub fn disable_all() {
    IS_FOR_ALL.store(true, Ordering::SeqCst);
    for breaker in REGISTRY.live() {
        disable(&breaker);
    }
}

/// Disables a breaker on its first use, after it has entered the registry, so that either sees the other.
pub(super) fn begin(breaker: &Breaker) {
    if IS_FOR_ALL.load(Ordering::SeqCst) && !breaker.origin.is_hidden() {
        disable(breaker);
    }
}

fn disable(breaker: &Breaker) {
    manual::command(breaker, State::Disabled, Reason::Disable);
}
