//! Calling the closures that hold the user's code. As parameters of functions, their types need not be written in an expansion.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use crate::callback::contain;
use crate::engine::breaker::Breaker;
use crate::handle::call::Call;
use crate::handle::error::CallNotPermitted;
use crate::handle::refusal::Refusal;
use crate::state::Outcome;

/// Calls the body of a function, unless the breaker refuses.
#[inline]
pub fn call<R>(
    breaker: &Breaker,
    body: impl FnOnce() -> R,
    classify: impl FnOnce(&R, &Breaker) -> Outcome,
) -> Result<R, Refusal<'_>> {
    Ok(run(Call::enter(breaker)?, body, classify))
}

/// Calls the body of a function. If it panics, dropping the call records it.
#[inline]
pub fn run<R>(call: Call<'_>, body: impl FnOnce() -> R, classify: impl FnOnce(&R, &Breaker) -> Outcome) -> R {
    call.finish(body(), classify)
}

/// A value that there never is, of a type that is to be fixed.
#[inline]
pub fn never<R>() -> R {
    loop {
        std::thread::park();
    }
}

/// Takes a name that is to be captured to the left of an assignment.
#[inline]
pub fn captured<T: ?Sized>(_: &T) -> &'static mut [(); 0] {
    &mut []
}

/// What a call returned, or the refusal, which borrows nothing.
#[inline]
pub fn told<R>(result: Result<R, Refusal<'_>>) -> Result<R, CallNotPermitted> {
    result.map_err(|refusal| refusal.into_error(|told| told))
}

/// Calls a guard of a tracker's pattern.
#[inline]
pub fn holds(guard: impl FnOnce() -> bool) -> bool {
    guard()
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
