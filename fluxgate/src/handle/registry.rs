//! Every live breaker.

use super::circuit_breaker::CircuitBreaker;
use super::enrollment::enroll;
#[cfg(all(feature = "keyed", feature = "test-util"))]
use super::keyed::family::seen_by_test;
use crate::engine::registry::REGISTRY;

/// Every live breaker that has been used, registered or built with the builder, each once, in no particular order, as of this
/// call. Nothing is locked meanwhile, so breakers may be used, dropped and built.
///
/// ```
/// # let _payments = fluxgate::CircuitBreaker::builder("payments").build()?;
/// for breaker in fluxgate::breakers() {
///     println!("{}: {}", breaker.name(), breaker.state());
/// }
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub fn breakers() -> impl Iterator<Item = CircuitBreaker> {
    #[cfg(all(feature = "keyed", feature = "test-util"))]
    return seen_by_test(real).unwrap_or_else(|| real().collect()).into_iter();
    #[cfg(not(all(feature = "keyed", feature = "test-util")))]
    real()
}

/// The same, even if a test has isolated this thread.
pub(crate) fn real() -> impl Iterator<Item = CircuitBreaker> {
    REGISTRY.live().into_iter().map(CircuitBreaker::from_ref)
}

/// The live breaker with this name, of those that [`breakers`] lists; if several have it, any of them. A breaker made by a macro is among
/// them from its first use on, or once it is [registered](register). The number of breakers hardly affects how long this takes.
pub fn find(name: &str) -> Option<CircuitBreaker> {
    #[cfg(all(feature = "keyed", feature = "test-util"))]
    if let Some(seen) = seen_by_test(real) {
        return seen.into_iter().find(|breaker| breaker.name() == name);
    }
    REGISTRY.find(name).map(CircuitBreaker::from_ref)
}

/// Enters a `static` breaker in the registry before its first use, so that [`breakers`] and [`find`] see it, and so do dashboards, metrics
/// and health checks that ask them. The `handle` of an attribute is such a breaker: `register(&CHARGE)`, for a method
/// `register(&Client::CHARGE)`.
pub fn register(breaker: &'static CircuitBreaker) {
    enroll(breaker.breaker());
}
