//! Which breaker a call meets: the one that it names or, if a test has isolated the thread, that one's double.

#[cfg(feature = "test-util")]
mod doubles;
#[cfg(feature = "test-util")]
mod guards;

use crate::engine::breaker::Breaker;

#[cfg(feature = "test-util")]
pub use self::guards::{Entered, Isolated, Isolation, IsolationHandle, isolate, unisolated};

/// The breaker itself, or its double if a test has isolated this thread.
#[inline]
pub(crate) fn resolve(breaker: &Breaker) -> &Breaker {
    double(breaker).unwrap_or(breaker)
}

/// The breaker's double, if a test has isolated this thread.
#[cfg(not(feature = "test-util"))]
#[inline]
pub(super) const fn double(_breaker: &Breaker) -> Option<&'static Breaker> {
    None
}

/// The breaker's double, if a test has isolated this thread.
#[cfg(feature = "test-util")]
#[inline]
pub(super) fn double(breaker: &Breaker) -> Option<&'static Breaker> {
    use crate::configuration::SettingsRef;
    match &breaker.settings {
        SettingsRef::Static(settings) => doubles::find(breaker, settings),
        SettingsRef::Shared(_) => None,
    }
}
