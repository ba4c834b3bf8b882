//! Boxed futures behind an alias, which the attribute cannot see through. Found by method lookup, like the facts in `probe`.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use crate::return_type::Output;
use core::future::Future;
use core::marker::PhantomData;
use core::ops::Deref;
use core::pin::Pin;

/// The type that a name stands for.
pub struct Alias<R>(NotBoxed<R>);

/// The type is not a boxed future.
pub struct NotBoxed<R>(PhantomData<fn() -> R>);

impl<R> Alias<R> {
    #[inline]
    pub const fn of(_: Output<R>) -> Self {
        Self(NotBoxed(PhantomData))
    }
}

impl<R> Deref for Alias<R> {
    type Target = NotBoxed<R>;

    #[inline]
    fn deref(&self) -> &NotBoxed<R> {
        &self.0
    }
}

impl<F: Future + ?Sized> Alias<Pin<Box<F>>> {
    /// Deprecated to make the compiler warn: there is no other way.
    #[deprecated(
        note = "this type is an alias of a boxed future, and a call ends when that does\nhelp: write the type that it stands for, which is the same: `Pin<Box<dyn Future<Output = ..> + Send>>`, say"
    )]
    #[inline]
    pub const fn is_spelled_out(&self) {}
}

#[expect(clippy::unused_self, reason = "as for a future")]
impl<R> NotBoxed<R> {
    #[inline]
    pub const fn is_spelled_out(&self) {}
}
