//! Whether a call's error is evidence. A failure that only passes on a refusal of the same breaker is none.
//!
//! What an error can be asked depends on its type, which only the compiler knows, and is found by method lookup, as in
//! [sources](super::sources). But every guarded function does this, and each step of a lookup takes compile time: there are as few of them
//! as possible.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]
#![allow(clippy::unused_self, reason = "a receiver is what a method is found by")]

use core::error::Error;
use core::marker::PhantomData;
use core::ops::Deref;

use crate::callback::contain;
use crate::engine::breaker::Breaker;
use crate::engine::nesting;
use crate::handle::error::{self, CallNotMade};
use crate::state::Outcome;
use crate::track::chain;

/// Finds the outcome of a call that failed with an error of this type.
pub trait Evidence<E>: Copy {
    fn outcome(error: &E, breaker: &Breaker) -> Outcome;
}

/// The error points to another one, whose sources are searched.
#[derive(Clone, Copy)]
pub struct OfPointer;

/// The error has sources.
#[derive(Clone, Copy)]
pub struct OfError;

/// The error is one of ours, which contains a refusal or something unknown.
#[derive(Clone, Copy)]
pub struct OfOurs;

/// Nothing is known about the error.
#[derive(Clone, Copy)]
pub struct OfUnknown;

/// A type of errors.
pub struct ErrorType<E>(Plain<E>);

/// The errors point to no others.
pub struct Plain<E>(Ours<E>);

/// The errors have no sources.
pub struct Ours<E>(Unknown<E>);

/// The errors may be anything.
pub struct Unknown<E>(PhantomData<fn(&E)>);

impl<E> ErrorType<E> {
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    #[inline(always)]
    pub const fn new() -> Self {
        Self(Plain(Ours(Unknown(PhantomData))))
    }

    #[inline(always)]
    pub const fn of(_error: &E) -> Self {
        Self::new()
    }
}

impl<E> Deref for ErrorType<E> {
    type Target = Plain<E>;

    #[inline(always)]
    fn deref(&self) -> &Plain<E> {
        &self.0
    }
}

impl<E> Deref for Plain<E> {
    type Target = Ours<E>;

    #[inline(always)]
    fn deref(&self) -> &Ours<E> {
        &self.0
    }
}

impl<E> Deref for Ours<E> {
    type Target = Unknown<E>;

    #[inline(always)]
    fn deref(&self) -> &Unknown<E> {
        &self.0
    }
}

// Lookup does not see lifetimes, and errors of any lifetime come here. So no type can be required to be `'static`, and only the sources
// are searched, not the error itself. They suffice: even a refusal has a source.

impl<E: Deref<Target: Error>> ErrorType<E> {
    #[inline(always)]
    pub fn evidence(&self) -> OfPointer {
        OfPointer
    }
}

impl<E: Error> Plain<E> {
    #[inline(always)]
    pub fn evidence(&self) -> OfError {
        OfError
    }
}

/// Ours is an error itself only if what it contains is one.
impl<E> Ours<error::Error<E>> {
    #[inline(always)]
    pub fn evidence(&self) -> OfOurs {
        OfOurs
    }
}

impl<E> Unknown<E> {
    #[inline(always)]
    pub fn evidence(&self) -> OfUnknown {
        OfUnknown
    }
}

impl<E: Deref<Target: Error>> Evidence<E> for OfPointer {
    fn outcome(error: &E, breaker: &Breaker) -> Outcome {
        failure_because_of(|| (**error).source(), breaker)
    }
}

impl<E: Error> Evidence<E> for OfError {
    fn outcome(error: &E, breaker: &Breaker) -> Outcome {
        failure_because_of(|| error.source(), breaker)
    }
}

impl<E> Evidence<error::Error<E>> for OfOurs {
    fn outcome(error: &error::Error<E>, breaker: &Breaker) -> Outcome {
        match error {
            error::Error::Inner(_) => Outcome::Failure,
            error::Error::NotPermitted(refusal) => OfError::outcome(refusal, breaker),
        }
    }
}

impl<E> Evidence<E> for OfUnknown {
    fn outcome(_: &E, _: &Breaker) -> Outcome {
        Outcome::Failure
    }
}

/// The outcome of a call that failed with an error, after trackers have decided on `outcome`.
#[inline(always)]
pub fn evidence<E, V: Evidence<E>>(outcome: Outcome, error: &E, breaker: &Breaker, _: V) -> Outcome {
    if outcome == Outcome::Failure { V::outcome(error, breaker) } else { outcome }
}

/// The outcome of a call that failed with an error of this source. If finding the source panics, there is none.
#[inline]
fn failure_because_of<'e>(
    source: impl FnOnce() -> Option<&'e (dyn Error + 'static)>,
    breaker: &Breaker,
) -> Outcome {
    match contain(source).flatten() {
        Some(source) => failure_by(source, breaker),
        None => Outcome::Failure,
    }
}

fn failure_by(source: &(dyn Error + 'static), breaker: &Breaker) -> Outcome {
    let is_by_breaker = |error: &(dyn Error + 'static)| {
        error.downcast_ref().is_some_and(|refusal: &CallNotMade| refusal.is_by(breaker))
    };
    let is_refusal = contain(|| chain(Some(source)).any(is_by_breaker)).unwrap_or(false);
    if !is_refusal {
        return Outcome::Failure;
    }
    nesting::refused_elsewhere(breaker);
    Outcome::Ignored
}
