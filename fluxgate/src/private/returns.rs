//! What functions with the attribute may return.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use super::closures::evidence;
use crate::handle::error::CallNotPermitted;
use crate::state::Outcome;

/// The return type of a guarded function without further arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so nothing says which calls failed",
    label = "not a `Result`",
    note = "return a `Result`, or say what a failure is and what to return when the call is refused:\n`track = returned(PATTERN), rejected = |refusal| ..`",
    note = "a future has to be returned as `impl Future<Output = ..>` or `Pin<Box<dyn Future<Output = ..>>>`, not behind an alias"
)]
pub trait Returned: Sized {
    type Value;
    type Error;

    /// The default: every `Err` is a failure, unless it is the breaker's own refusal.
    fn outcome(&self, is_own_refusal: impl FnOnce(&Self::Error) -> bool) -> Outcome;

    fn as_result(&self) -> Result<&Self::Value, &Self::Error>;

    /// Splits off the error, if there is one.
    fn split(self) -> Result<Self, Self::Error>;

    fn from_error(error: Self::Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E> Returned for Result<T, E> {
    type Value = T;
    type Error = E;

    #[inline]
    fn outcome(&self, is_own_refusal: impl FnOnce(&E) -> bool) -> Outcome {
        match self {
            Ok(_) => Outcome::Success,
            Err(error) => evidence(Outcome::Failure, || is_own_refusal(error)),
        }
    }

    #[inline]
    fn as_result(&self) -> Result<&T, &E> {
        self.as_ref()
    }

    #[inline]
    fn split(self) -> Result<Self, E> {
        self.map(Ok)
    }

    #[inline]
    fn from_error(error: E) -> Self {
        Err(error)
    }
}

/// The return type of a function whose tracker looks at whole return values, if no argument says what a refused call returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so nothing says what to return when the call is refused",
    label = "not a `Result`",
    note = "say it: `rejected = |refusal| ..`"
)]
pub trait Refusable {
    type Error;

    fn from_error(error: Self::Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E> Refusable for Result<T, E> {
    type Error = E;

    #[inline]
    fn from_error(error: E) -> Self {
        Err(error)
    }
}

/// An error type that a refusal converts into.
#[diagnostic::on_unimplemented(
    message = "`{E}` cannot say that a call was refused",
    label = "`{E}` does not implement `From<fluxgate::CallNotPermitted>`",
    note = "if it is a type of yours, add a variant to it, here with thiserror:\n`#[error(transparent)] NotPermitted(#[from] fluxgate::CallNotPermitted),`",
    note = "or say what to return when the call is refused: `rejected = |refusal| ..`"
)]
pub trait Becomes<E> {
    fn become_error(self) -> E;
}

#[diagnostic::do_not_recommend]
impl<E: From<Self>> Becomes<E> for CallNotPermitted {
    #[inline]
    fn become_error(self) -> E {
        self.into()
    }
}
