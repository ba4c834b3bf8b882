//! Facts about the user's types that only the compiler knows, found by method lookup: among methods of the same name, the
//! compiler prefers the one on the most references, or the inherent one.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::error::Error;
use core::marker::PhantomData;
use core::ops::Deref;

use super::returns::Becomes;
use crate::handle::error::CallNotPermitted;
use crate::track::type_of;

/// The return type of a function whose tracker looks at whole return values. It may or may not be a `Result`.
pub struct Probe<R>(PhantomData<fn() -> R>);

impl<R> Probe<R> {
    #[inline]
    pub fn new() -> Self {
        Self(PhantomData)
    }

    #[inline]
    pub fn of(_returned: &R) -> Self {
        Self::new()
    }
}

impl<R> Default for Probe<R> {
    fn default() -> Self {
        Self::new()
    }
}

/// It is a `Result`.
impl<T, E> Probe<Result<T, E>> {
    #[inline]
    pub fn is_err(&self, returned: &Result<T, E>) -> bool {
        returned.is_err()
    }

    /// The argument of a `fallback`, if it is to run.
    #[inline]
    pub fn split(&self, returned: Result<T, E>) -> Result<Result<T, E>, E> {
        returned.map(Ok)
    }

    /// The argument of a `fallback` for a refusal.
    #[inline]
    pub fn argument(&self, refusal: CallNotPermitted) -> E
    where
        CallNotPermitted: Becomes<E>,
    {
        refusal.become_error()
    }
}

/// It is something else, which contains no error.
pub trait Whatever<R> {
    #[inline]
    fn is_err(&self, _returned: &R) -> bool {
        false
    }

    #[inline]
    fn split(&self, returned: R) -> Result<R, CallNotPermitted> {
        Ok(returned)
    }

    #[inline]
    fn argument(&self, refusal: CallNotPermitted) -> CallNotPermitted {
        refusal
    }
}

impl<R> Whatever<R> for Probe<R> {}

/// An error returned by a user's function, whose chain of sources is searched for a type.
pub struct Sources<'a, E: ?Sized>(pub &'a E);

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

/// An error that points to another: `Box<SomeError>`, `Arc<dyn Error>`. The pointer's own `source` skips the one it points to.
pub trait ViaBoth {
    fn has<T: Error + 'static>(&self) -> bool;
}

impl<E: AsError + Deref<Target: AsError>> ViaBoth for &&&Sources<'_, E> {
    #[inline]
    fn has<T: Error + 'static>(&self) -> bool {
        type_of::<T>(self.0.as_error()) || type_of::<T>((**self.0).as_error())
    }
}

/// Points to an error, but is not an error itself: `Box<dyn Error>`, `anyhow::Error`.
pub trait ViaPointer {
    fn has<T: Error + 'static>(&self) -> bool;
}

impl<E: Deref<Target: AsError>> ViaPointer for &&Sources<'_, E> {
    #[inline]
    fn has<T: Error + 'static>(&self) -> bool {
        type_of::<T>((**self.0).as_error())
    }
}

/// A plain error.
pub trait ViaError {
    fn has<T: Error + 'static>(&self) -> bool;
}

impl<E: AsError> ViaError for &Sources<'_, E> {
    #[inline]
    fn has<T: Error + 'static>(&self) -> bool {
        type_of::<T>(self.0.as_error())
    }
}

/// Anything else, which is refused.
pub trait ViaNothing<E> {
    fn has<T: Error + 'static>(&self) -> bool
    where
        (): HasSources<E>;
}

impl<E> ViaNothing<E> for Sources<'_, E> {
    #[inline]
    fn has<T: Error + 'static>(&self) -> bool
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
