//! Every live breaker.

use super::circuit_breaker::CircuitBreaker;
use super::enrollment::{enroll, shared, statics};

/// Every live breaker that has been used, registered or built with the builder, in no particular order.
///
/// ```
/// # let _payments = fluxgate::CircuitBreaker::builder("payments").build()?;
/// for breaker in fluxgate::breakers() {
///     println!("{}: {}", breaker.name(), breaker.state());
/// }
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub fn breakers() -> impl Iterator<Item = CircuitBreaker> {
    statics().map(CircuitBreaker::from_static).chain(shared().into_iter().map(CircuitBreaker::from_shared))
}

/// The live breaker with this name; if several have it, any of them. It searches the same breakers as [`breakers`].
pub fn find(name: &str) -> Option<CircuitBreaker> {
    breakers().find(|breaker| breaker.name() == name)
}

/// Enters a `static` breaker in the registry before its first use, so that [`breakers`] and [`find`] see it.
pub fn register(breaker: &'static CircuitBreaker) {
    enroll(breaker.breaker());
}
