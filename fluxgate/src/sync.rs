//! The only door to shared memory, so that model checking can stand in for all of it.

#[cfg(not(fluxgate_loom))]
pub(crate) use self::real::*;

#[cfg(fluxgate_loom)]
pub(crate) use self::model::*;

#[cfg(not(fluxgate_loom))]
mod real {
    use std::sync::{MutexGuard, PoisonError};

    pub(crate) use once_cell::race::{OnceBox, OnceRef};
    pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};
    pub(crate) use std::sync::{Arc, Weak};

    /// A mutex without poison: nothing of a user's runs while one is held.
    pub(crate) struct Mutex<T>(std::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(std::sync::Mutex::new(value))
        }

        #[inline]
        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}
