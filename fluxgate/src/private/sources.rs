//! An error of the user's, of whatever type, and what is among its sources.
//!
//! What can be asked depends on the type, which only the compiler knows. It finds the answer by method lookup: the wrappers below
//! dereference to one another, and the first whose conditions the type meets has the method.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::error::Error;
use core::marker::PhantomData;
use core::ops::Deref;

use crate::callback::contain;
use crate::engine::breaker::Breaker;
use crate::handle::error::CallNotMade;
use crate::state::Outcome;
use crate::track::{chain, type_of};

/// A type of errors that a user's function returns.
pub struct Sources<E: ?Sized>(PointerAndError<E>);

/// It points to another error: `Box<SomeError>`, `Arc<dyn Error>`. Its own `source` skips the one it points to.
pub struct PointerAndError<E: ?Sized>(Pointer<E>);

/// It points to an error, but is not an error itself: `Box<dyn Error>`, `anyhow::Error`.
pub struct Pointer<E: ?Sized>(Plain<E>);

/// It is a plain error.
pub struct Plain<E: ?Sized>(Unknown<E>);

/// It may be anything.
pub struct Unknown<E: ?Sized>(PhantomData<fn(&E)>);

impl<E: ?Sized> Sources<E> {
    #[inline(always)]
    pub const fn new() -> Self {
        Self(PointerAndError(Pointer(Plain(Unknown(PhantomData)))))
    }

    #[inline(always)]
    pub const fn of(_error: &E) -> Self {
        Self::new()
    }
}

impl<E: ?Sized> Default for Sources<E> {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! deref {
    ($($wrapper:ident to $inner:ident,)*) => {$(
        impl<E: ?Sized> Deref for $wrapper<E> {
            type Target = $inner<E>;

            #[inline(always)]
            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    )*};
}

deref! {
    Sources to PointerAndError,
    PointerAndError to Pointer,
    Pointer to Plain,
    Plain to Unknown,
}

/// Errors, and errors of no known type.
pub trait AsError {
    fn as_error(&self) -> &(dyn Error + 'static);
}

impl<E: Error + 'static> AsError for E {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self
    }
}

impl AsError for dyn Error + 'static {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self
    }
}

impl AsError for dyn Error + Send + 'static {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self
    }
}

impl AsError for dyn Error + Send + Sync + 'static {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self
    }
}

/// `type_of`.
impl<E: AsError + Deref<Target: AsError>> PointerAndError<E> {
    #[inline(always)]
    pub fn has<T: Error + 'static>(&self, error: &E) -> bool {
        type_of::<T>(error.as_error()) || type_of::<T>((**error).as_error())
    }
}

impl<E: Deref<Target: AsError>> Pointer<E> {
    #[inline(always)]
    pub fn has<T: Error + 'static>(&self, error: &E) -> bool {
        type_of::<T>((**error).as_error())
    }
}

impl<E: AsError> Plain<E> {
    #[inline(always)]
    pub fn has<T: Error + 'static>(&self, error: &E) -> bool {
        type_of::<T>(error.as_error())
    }
}

/// Refused.
impl<E> Unknown<E> {
    #[inline(always)]
    pub fn has<T: Error + 'static>(&self, _error: &E) -> bool
    where
        (): HasSources<E>,
    {
        false
    }
}

/// Never implemented; it exists only for its message.
#[diagnostic::on_unimplemented(
    message = "`type_of` cannot look into `{E}`",
    label = "not an error with sources",
    note = "it looks through a `std::error::Error + 'static`, or what a pointer such as `Box<dyn Error>` or `anyhow::Error` points to",
    note = "use `matches(PATTERN)` or `custom(|error| ..)`"
)]
pub trait HasSources<E> {}

/// Finds the outcome of a call that has failed with an error of this type: a failure that is only the breaker's own refusal, further in, is no
/// evidence.
pub trait Evidence<E>: Copy {
    fn outcome(error: &E, breaker: &Breaker) -> Outcome;
}

/// The error points to another one, whose sources are looked at.
#[derive(Clone, Copy)]
pub struct OfPointer;

/// The error has sources.
#[derive(Clone, Copy)]
pub struct OfError;

/// Nothing is known of the error.
#[derive(Clone, Copy)]
pub struct OfUnknown;

// Lookup does not see lifetimes, and an error of any lifetime is looked at here; so no type may have to be `'static`, and the error
// itself is not looked at. Its sources suffice: a refusal has one, too.

impl<E: Deref<Target: Error>> Pointer<E> {
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

impl<E> Evidence<E> for OfUnknown {
    fn outcome(_: &E, _: &Breaker) -> Outcome {
        Outcome::Failure
    }
}

/// The outcome of a call that has failed with an error, which trackers have claimed.
#[inline(always)]
pub fn evidence<E, V: Evidence<E>>(outcome: Outcome, error: &E, breaker: &Breaker, _: V) -> Outcome {
    if outcome == Outcome::Failure { V::outcome(error, breaker) } else { outcome }
}

/// The outcome of a call that has failed with an error of this source. Where it panics, it tells of none.
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
    if is_refusal { Outcome::Ignored } else { Outcome::Failure }
}
