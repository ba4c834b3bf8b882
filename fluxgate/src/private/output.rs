//! The return type of a function, which inference finds, so that an expansion need not write it a second time.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::marker::PhantomData;

/// A value that stands for a type.
pub struct Output<R>(PhantomData<fn() -> R>);

impl<R> Output<R> {
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    #[inline]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R> Clone for Output<R> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Output<R> {}
