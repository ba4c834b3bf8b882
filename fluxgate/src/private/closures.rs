//! Calling the closures that hold the user's code. As parameters of functions, their types need not be written in an expansion.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::future::Future;

use crate::callback::contain;
use crate::engine::breaker::Breaker;
use crate::handle::call::Call;
use crate::handle::refusal::Refusal;
use crate::state::Outcome;

/// Calls the body of a function, unless the breaker refuses. If the body panics, dropping the call records it.
#[inline]
pub fn call<R>(
    breaker: &Breaker,
    body: impl FnOnce() -> R,
    classify: impl FnOnce(&R, &Breaker) -> Outcome,
) -> Result<R, Refusal<'_>> {
    let call = Call::enter(breaker)?;
    Ok(call.finish(body(), classify))
}

/// Runs the part of a function that makes its future, and fixes the output type of the future.
#[inline]
pub fn start<R, F: Future<Output = R>>(body: impl FnOnce() -> F) -> F {
    body()
}

/// Calls the user's `rejected` or `fallback`.
#[inline]
pub fn handle<A, R>(argument: A, handler: impl FnOnce(A) -> R) -> R {
    handler(argument)
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

/// The outcome of a call that returned an error. A failure that is only the breaker's own refusal, further in, is no evidence.
#[inline]
pub fn evidence(outcome: Outcome, is_own_refusal: impl FnOnce() -> bool) -> Outcome {
    if outcome == Outcome::Failure && is_own_refusal() { Outcome::Ignored } else { outcome }
}
