//! What a user's method puts into a box: usually a future. Found by method lookup, like the facts in `probe`.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::future::Future;
use core::marker::PhantomData;

use crate::handle::body::Delayable;
use crate::handle::call::Call;
use crate::handle::eager::{Eager, Hold, Making};
use crate::handle::limit::{Elapsed, Limit, Limited};
use crate::handle::refusal::Refusal;
use crate::return_type::{Output, Yielded};

/// A value that is about to be boxed, by a function that returns a future of `R`.
pub struct Boxing<T, R>(T, PhantomData<fn() -> R>);

impl<T, R> Boxing<T, R> {
    #[inline]
    pub const fn new(_: Output<R>, value: T) -> Self {
        Self(value, PhantomData)
    }
}

/// The value is the future.
impl<F: Future<Output = R>, R> Boxing<F, R> {
    pub fn __fluxgate_guard<C, S, O, H: Hold>(
        self,
        making: &mut Making<R, C, S, H>,
    ) -> Eager<Delayable<F>, C, S, H>
    where
        C: FnOnce(Call<'_>, R) -> Yielded<R>,
        S: FnOnce(Result<R, Refusal<'_>>) -> Yielded<O>,
    {
        making.guard(self.0)
    }

    pub fn __fluxgate_guard_limited<C, S, O, H: Hold>(
        self,
        limit: Limit,
        making: &mut Making<R, C, S, H>,
    ) -> Eager<Limited<F>, C, S, H>
    where
        C: FnOnce(Call<'_>, Result<R, Elapsed>) -> Yielded<R>,
        S: FnOnce(Result<R, Refusal<'_>>) -> Yielded<O>,
    {
        making.guard_limited(limit, self.0)
    }
}

/// The value is something else, whose box is guarded later.
pub trait NoFuture<R> {
    type Value;

    fn __fluxgate_guard<C, S, H: Hold>(self, making: &mut Making<R, C, S, H>) -> Self::Value;

    fn __fluxgate_guard_limited<C, S, H: Hold>(
        self,
        limit: Limit,
        making: &mut Making<R, C, S, H>,
    ) -> Self::Value;
}

impl<T, R> NoFuture<R> for Boxing<T, R> {
    type Value = T;

    fn __fluxgate_guard<C, S, H: Hold>(self, _: &mut Making<R, C, S, H>) -> T {
        self.0
    }

    fn __fluxgate_guard_limited<C, S, H: Hold>(self, _: Limit, _: &mut Making<R, C, S, H>) -> T {
        self.0
    }
}
