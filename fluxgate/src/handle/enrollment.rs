//! A breaker's first use, when it enters the registry.

#[cfg(feature = "serde")]
use super::prescription;
use crate::engine::breaker::Breaker;
use crate::engine::counting;
use crate::engine::registry::REGISTRY;

/// Makes sure that the breaker is set up and in the registry.
#[inline]
pub(crate) fn enroll(breaker: &Breaker) {
    if breaker.word().is_fresh() {
        first_use(breaker);
    }
}

#[cold]
fn first_use(breaker: &Breaker) {
    if breaker.put_into_use(breaker.now()) {
        enter(breaker);
    }
}

/// Enters a breaker that has just been put into use, and applies to it what holds for all breakers.
pub(super) fn enter(breaker: &Breaker) {
    REGISTRY.enter(breaker);
    counting::begin_if_everywhere(breaker);
    #[cfg(feature = "serde")]
    prescription::begin(breaker);
    #[cfg(feature = "test-util")]
    super::disabling::begin(breaker);
}
