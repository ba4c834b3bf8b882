//! Facts about return types that only the compiler knows, found by method lookup: among methods of the same name, it takes the one of the
//! type itself before one behind a dereference.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::marker::PhantomData;
use core::ops::Deref;

use super::returns::Becomes;
use crate::handle::error::CallNotPermitted;
use crate::return_type::Output;

/// The return type of a function whose tracker looks at whole return values. It may or may not be a `Result`.
pub struct Probe<R>(Whatever<R>);

/// The type is something else, which contains no error.
pub struct Whatever<R>(PhantomData<fn() -> R>);

impl<R> Probe<R> {
    #[inline]
    pub const fn new(_: Output<R>) -> Self {
        Self(Whatever(PhantomData))
    }

    #[inline]
    pub const fn of(_returned: &R) -> Self {
        Self::new(Output::new())
    }
}

impl<R> Deref for Probe<R> {
    type Target = Whatever<R>;

    #[inline]
    fn deref(&self) -> &Whatever<R> {
        &self.0
    }
}

/// The type is a `Result`.
impl<T, E> Probe<Result<T, E>> {
    /// The error, if there is one.
    #[inline]
    pub fn error<'a>(&self, returned: &'a Result<T, E>) -> Option<&'a E> {
        returned.as_ref().err()
    }

    /// The argument of a `fallback`, if it is to run.
    #[inline]
    pub fn split(&self, returned: Result<T, E>) -> Result<Result<T, E>, E> {
        returned.map(Ok)
    }

    /// The argument of a `fallback` for a refusal.
    #[inline]
    pub fn argument<How>(&self, refusal: CallNotPermitted) -> E
    where
        CallNotPermitted: Becomes<E, How>,
    {
        refusal.become_error()
    }
}

#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as for a `Result`")]
impl<R> Whatever<R> {
    #[inline]
    pub fn error<'a>(&self, _returned: &'a R) -> Option<&'a CallNotPermitted> {
        None
    }

    #[inline]
    pub fn split(&self, returned: R) -> Result<R, CallNotPermitted> {
        Ok(returned)
    }

    #[inline]
    pub fn argument(&self, refusal: CallNotPermitted) -> CallNotPermitted {
        refusal
    }
}
