//! Every live breaker.

use super::circuit_breaker::CircuitBreaker;
use super::enrollment::enroll;
use crate::engine::registry::REGISTRY;

/// Every live breaker that has been used, registered or built with the builder, in no particular order: those of the moment of this
/// call, each once. Nothing is locked meanwhile, so they may be used, dropped and built.
///
/// ```
/// # let _payments = fluxgate::CircuitBreaker::builder("payments").build()?;
/// for breaker in fluxgate::breakers() {
///     println!("{}: {}", breaker.name(), breaker.state());
/// }
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub fn breakers() -> impl Iterator<Item = CircuitBreaker> {
    REGISTRY.live().into_iter().map(CircuitBreaker::from_ref)
}

/// The live breaker with this name, of those that [`breakers`] lists; if several have it, any of them. However many breakers there are, it
/// takes about as long.
pub fn find(name: &str) -> Option<CircuitBreaker> {
    REGISTRY.find(name).map(CircuitBreaker::from_ref)
}

/// Enters a `static` breaker in the registry before its first use, so that [`breakers`] and [`find`] see it.
pub fn register(breaker: &'static CircuitBreaker) {
    enroll(breaker.breaker());
}
