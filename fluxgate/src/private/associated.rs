//! The breaker of a method, as an associated constant.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::ops::Deref;

use crate::handle::circuit_breaker::CircuitBreaker;

/// Leads to a `static`. A constant may not refer to a `static` with interior mutability, but to a function that does.
#[derive(Clone, Copy)]
pub struct AssociatedBreaker(fn() -> &'static CircuitBreaker);

impl AssociatedBreaker {
    #[inline]
    pub const fn new(breaker: fn() -> &'static CircuitBreaker) -> Self {
        Self(breaker)
    }

    #[inline]
    pub fn get(self) -> &'static CircuitBreaker {
        (self.0)()
    }
}

impl Deref for AssociatedBreaker {
    type Target = CircuitBreaker;

    #[inline]
    fn deref(&self) -> &CircuitBreaker {
        self.get()
    }
}

impl core::fmt::Debug for AssociatedBreaker {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.get().fmt(formatter)
    }
}
