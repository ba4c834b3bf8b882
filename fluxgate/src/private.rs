//! Called by macro expansions only, and changed without notice. The macros and this module always have the same version.

use core::future::Future;

pub use fluxgate_rules::{Condition, Node, Permit, Ratio, Retry, Rule, Window, check};
pub use std::boxed::Box;

pub use crate::breaker::{Breaker, Refusal};
pub use crate::circuit_breaker::CircuitBreaker;
pub use crate::error::CallNotPermitted;
pub use crate::future::{Deferred, Guarded};
pub use crate::settings::{Name, Settings};
pub use crate::state::Outcome;

/// For a benchmark that compares clocks.
pub mod time {
    pub fn calibrate() {
        crate::time::calibrate();
    }

    /// Called as a breaker does it, which cannot be where it is inlined into another package.
    #[inline(never)]
    pub fn now() -> u64 {
        crate::time::now()
    }
}

pub use crate::probe::{Probe, Sources, ViaBoth, ViaError, ViaNothing, ViaPointer, Whatever};

use crate::contain::contain;

/// Calls the body of a function, unless the breaker refuses. If the body panics, dropping the call records it.
#[inline]
pub fn call<R>(
    breaker: &Breaker,
    body: impl FnOnce() -> R,
    judge: impl FnOnce(&R) -> Outcome,
) -> Result<R, Refusal<'_>> {
    let call = breaker.enter()?;
    Ok(call.judge(body(), judge))
}

/// Runs the part of a function that makes its future, and fixes the output type of the future.
#[inline]
pub fn start<R, F: Future<Output = R>>(body: impl FnOnce() -> F) -> F {
    body()
}

/// Another handle to the same breaker, which borrows nothing.
#[inline]
pub fn share(breaker: &CircuitBreaker) -> CircuitBreaker {
    breaker.share()
}

/// Calls the user's `rejected` or `fallback`.
#[inline]
pub fn handle<A, R>(argument: A, handler: impl FnOnce(A) -> R) -> R {
    handler(argument)
}

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

    /// The default: every `Err` is a failure.
    fn outcome(&self) -> Outcome;

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
    fn outcome(&self) -> Outcome {
        Outcome::of(self)
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

/// Evaluates a part of a tracker that runs user code. If it panics, the tracker counts as absent.
#[inline]
pub fn ask(absent: bool, question: impl FnOnce() -> bool) -> bool {
    contain(question).unwrap_or(absent)
}

/// Evaluates a `custom` tracker.
#[inline]
pub fn custom<E: ?Sized>(error: &E, tracker: impl FnOnce(&E) -> bool) -> bool {
    tracker(error)
}
