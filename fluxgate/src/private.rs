//! What expansions call, and nothing else may: it changes without notice. The macros and this module are always of one
//! version.

use core::future::Future;

pub use fluxgate_rules::{Condition, Node, Permit, Ratio, Retry, Rule, Window, check};
pub use std::boxed::Box;

pub use crate::breaker::Breaker;
pub use crate::circuit_breaker::CircuitBreaker;
pub use crate::error::CallNotPermitted;
pub use crate::future::{Deferred, Guarded};
pub use crate::settings::{Name, Settings};
pub use crate::state::Outcome;

pub use crate::probe::{Probe, Sources, ViaBoth, ViaError, ViaNothing, ViaPointer, Whatever};

use crate::contain::contain;

/// Calls the body of a function, unless the breaker refuses. A panic of the body finds the call, and is recorded.
#[inline]
pub fn call<R>(
    breaker: &Breaker,
    body: impl FnOnce() -> R,
    judge: impl FnOnce(&R) -> Outcome,
) -> Result<R, CallNotPermitted> {
    let call = breaker.acquire()?;
    Ok(call.judge(body(), judge))
}

/// Runs the part of a function that makes its future. Fixes what the future gives.
#[inline]
pub fn start<R, F: Future<Output = R>>(body: impl FnOnce() -> F) -> F {
    body()
}

/// A handle to the same breaker that borrows nothing.
#[inline]
pub fn share(breaker: &CircuitBreaker) -> CircuitBreaker {
    breaker.share()
}

/// Calls what the user wrote for `rejected` or `fallback`.
#[inline]
pub fn handle<A, R>(argument: A, handler: impl FnOnce(A) -> R) -> R {
    handler(argument)
}

/// What a guarded function returns where nothing else is said.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so nothing says which calls failed",
    label = "not a `Result`",
    note = "return a `Result`, or say what a failure is and what to return when the call is refused:\n`track = returned(PATTERN), rejected = |refusal| ..`",
    note = "a future has to be returned as `impl Future<Output = ..>` or `Pin<Box<dyn Future<Output = ..>>>`, not behind an alias"
)]
pub trait Returned: Sized {
    type Value;
    type Error;

    fn as_result(&self) -> Result<&Self::Value, &Self::Error>;

    /// The error alone, if it is one.
    fn split(self) -> Result<Self, Self::Error>;

    fn from_error(error: Self::Error) -> Self;
}

impl<T, E> Returned for Result<T, E> {
    type Value = T;
    type Error = E;

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

/// The default: each `Err` is a failure.
#[inline]
pub fn outcome<R: Returned>(returned: &R) -> Outcome {
    Outcome::of(&returned.as_result())
}

/// An error that can say that a call was refused.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that a call was refused",
    label = "no `From<fluxgate::CallNotPermitted>` for its error",
    note = "with thiserror, add a variant to `{Self}`:\n`#[error(transparent)] NotPermitted(#[from] fluxgate::CallNotPermitted),`",
    note = "or say what to return when the call is refused: `rejected = |refusal| ..`"
)]
pub trait FromRefusal {
    fn from_refusal(refusal: CallNotPermitted) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<CallNotPermitted>> FromRefusal for E {
    #[inline]
    fn from_refusal(refusal: CallNotPermitted) -> E {
        refusal.into()
    }
}

/// What a function returns when its call is refused. Not inlined: on their way out together, refusals and results would be moved
/// about for the sake of the larger.
#[cold]
#[inline(never)]
pub fn refused<R: Returned<Error: FromRefusal>>(refusal: CallNotPermitted) -> R {
    R::from_error(refusal_as_error::<R>(refusal))
}

/// The error that a `fallback` is given when a call is refused.
#[inline]
pub fn refusal_as_error<R: Returned<Error: FromRefusal>>(refusal: CallNotPermitted) -> R::Error {
    R::Error::from_refusal(refusal)
}

/// Asks a part of a tracker that runs code of the user's. If it panics, the tracker counts as absent.
#[inline]
pub fn ask(absent: bool, question: impl FnOnce() -> bool) -> bool {
    contain(question).unwrap_or(absent)
}

/// Asks a `custom` tracker.
#[inline]
pub fn custom<E: ?Sized>(error: &E, tracker: impl FnOnce(&E) -> bool) -> bool {
    tracker(error)
}
