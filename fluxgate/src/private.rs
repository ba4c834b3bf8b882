//! Called by macro expansions only, and changed without notice. The macros and this module always have the same version.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

mod probe;
mod returns;

use core::future::Future;

pub use fluxgate_rules::{Condition, Node, Permit, Ratio, Retry, Rule, Window, check};
pub use std::boxed::Box;

pub use crate::engine::breaker::Breaker;
pub use crate::handle::call::Call;
pub use crate::handle::circuit_breaker::CircuitBreaker;
pub use crate::handle::error::CallNotPermitted;
pub use crate::handle::future::{Deferred, Guarded};
pub use crate::handle::refusal::Refusal;
pub use crate::settings::Settings;
pub use crate::settings::name::Name;
pub use crate::state::Outcome;

/// For a benchmark that compares clocks.
pub mod time {
    /// Waits until the processor's counter is in use, where it can be.
    pub fn calibrate() {
        crate::clock::settle();
    }

    /// Called as a breaker does it, which cannot be where it is inlined into another package.
    #[inline(never)]
    pub fn now() -> u64 {
        crate::clock::now()
    }
}

pub use self::probe::{HasSources, Probe, Sources, ViaBoth, ViaError, ViaNothing, ViaPointer, Whatever};
pub use self::returns::{Becomes, Refusable, Returned};

use crate::callback::contain;

/// Calls the body of a function, unless the breaker refuses. If the body panics, dropping the call records it.
#[inline]
pub fn call<R>(
    breaker: &Breaker,
    body: impl FnOnce() -> R,
    classify: impl FnOnce(&R) -> Outcome,
) -> Result<R, Refusal<'_>> {
    let call = Call::enter(breaker)?;
    Ok(call.finish(body(), classify))
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
