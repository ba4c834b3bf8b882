//! Which breaker a call uses: the one that it names or, if a test has isolated the thread, its double.

#[cfg(feature = "test-util")]
mod doubles;
#[cfg(feature = "test-util")]
mod guards;

use core::marker::PhantomData;

use crate::engine::breaker::Breaker;

#[cfg(all(feature = "keyed", feature = "test-util"))]
pub(super) use self::doubles::here as doubles;
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
    use crate::configuration::named::SettingsRef;
    match &breaker.settings {
        SettingsRef::Static(settings) => doubles::find(breaker, settings),
        SettingsRef::Shared(_) => None,
    }
}

/// The breaker that a call uses, where that may differ from the one that it names.
#[derive(Clone, Copy)]
pub(super) struct Resolved<'a> {
    #[cfg(feature = "test-util")]
    breaker: Option<&'a Breaker>,
    lifetime: PhantomData<fn() -> &'a ()>,
}

impl<'a> Resolved<'a> {
    pub(super) const NONE: Self = Self {
        #[cfg(feature = "test-util")]
        breaker: None,
        lifetime: PhantomData,
    };

    #[cfg_attr(not(feature = "test-util"), allow(unused_variables, reason = "there are no doubles"))]
    #[inline]
    pub(super) const fn new(breaker: &'a Breaker) -> Self {
        Self {
            #[cfg(feature = "test-util")]
            breaker: Some(breaker),
            ..Self::NONE
        }
    }

    /// The double of a breaker, if a test has isolated this thread.
    #[cfg_attr(not(feature = "test-util"), allow(unused_variables, reason = "there are no doubles"))]
    #[inline]
    pub(super) fn double_of(breaker: &Breaker) -> Self {
        Self {
            #[cfg(feature = "test-util")]
            breaker: double(breaker),
            ..Self::NONE
        }
    }

    /// The breaker that the call uses, or else the one that it names.
    #[cfg_attr(not(feature = "test-util"), expect(clippy::unused_self, reason = "there are no doubles"))]
    #[inline]
    pub(super) fn or(self, named: &'a Breaker) -> &'a Breaker {
        #[cfg(feature = "test-util")]
        let named = self.breaker.unwrap_or(named);
        named
    }
}
