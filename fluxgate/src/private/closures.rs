//! Calls to the closures that hold the user's code. As arguments of functions, their types need not be written in an expansion.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use std::time::Duration;

use crate::callback::contain;
use crate::handle::error::CallNotPermitted;
use crate::handle::refusal::Refusal;
use crate::return_type::Output;

/// Calls the body of a function.
#[inline(always)]
pub fn run<R>(_: Output<R>, body: impl FnOnce() -> R) -> R {
    body()
}

/// Never returns: fixes a type.
#[inline(always)]
pub fn never<R>(_: Output<R>) -> R {
    loop {
        std::thread::park();
    }
}

/// Captures a name. Older versions of clippy take a name on the left of an assignment for unused, and newer ones a name that another
/// crate's macro writes.
#[doc(hidden)]
#[macro_export]
macro_rules! __captured {
    ($captured:path, & $name:ident) => {
        *$captured(&$name) = []
    };
    ($captured:path, $name:ident) => {
        *$captured($name) = []
    };
}
pub use __captured as captured;

#[inline(always)]
pub fn captured<T>(_: T) -> &'static mut [(); 0] {
    &mut []
}

/// What a call returned, or the refusal as an error, which borrows nothing.
#[inline(always)]
pub fn owned<R>(result: Result<R, Refusal<'_>>) -> Result<R, CallNotPermitted> {
    result.map_err(|refusal| refusal.into_error(|error| error))
}

/// Calls a guard of a tracker's pattern.
#[inline(always)]
pub fn holds(guard: impl FnOnce() -> bool) -> bool {
    guard()
}

/// Evaluates a part of a tracker that runs user code. If it panics, the answer is `absent`, as if there were no tracker.
#[inline(always)]
pub fn ask(absent: bool, question: impl FnOnce() -> bool) -> bool {
    // Catching a panic takes much code, so there is only one copy of it.
    #[inline(never)]
    fn ask(absent: bool, question: &mut dyn FnMut() -> bool) -> bool {
        contain(question).unwrap_or(absent)
    }
    let mut question = Some(question);
    ask(absent, &mut || question.take().is_some_and(|question| question()))
}

/// Asks an error how long the dependency is to be left alone.
#[inline(always)]
pub fn request<E: ?Sized>(error: &E, request: impl FnOnce(&E) -> Option<Duration>) -> Option<Duration> {
    request(error)
}

/// Evaluates a `custom` tracker.
#[inline(always)]
pub fn custom<E: ?Sized>(error: &E, tracker: impl FnOnce(&E) -> bool) -> bool {
    tracker(error)
}
