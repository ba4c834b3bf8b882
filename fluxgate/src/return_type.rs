//! The return type of a function, which inference finds, so that an expansion need not repeat it.

use core::future::Future;
use core::marker::PhantomData;

/// A value that stands for a type.
pub struct Output<R>(PhantomData<fn() -> R>);

impl<R> Output<R> {
    /// For a type that is inferred.
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    #[inline(always)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R> Output<R> {
    /// For the type of this value.
    #[inline(always)]
    pub const fn of(_: &R) -> Self {
        Self::new()
    }
}

impl<F: Future> Output<F> {
    /// For the output of the future that this stands for.
    #[inline(always)]
    pub const fn of_future(self) -> Output<F::Output> {
        Output::new()
    }
}

impl<R> Output<R> {
    /// The output type of this closure. A future can hold the closure even if it has to outlive what the type borrows.
    #[inline(always)]
    pub fn by<F: Fn() -> [R; 0]>(_: F) -> Self {
        Self::new()
    }

    /// Lets the closure have this output type.
    #[inline(always)]
    pub fn infer<F: Fn() -> [R; 0]>(self, _: &F) {}
}

/// What a closure in an expansion returns. Clippy reports a closure that returns a `Result` with a large error, but does not look for one
/// in here.
pub struct Yielded<R>(pub R);

impl<R> Clone for Output<R> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Output<R> {}
