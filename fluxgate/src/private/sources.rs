//! An error of the user's, of whatever type, and what is among its sources.
//!
//! What can be asked depends on the type, which only the compiler knows. It finds the answer by method lookup: the wrappers below
//! dereference to one another, and the first whose conditions the type meets has the method.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::error::Error;
use core::ops::Deref;

use super::closures::ask;
use crate::engine::breaker::Breaker;
use crate::handle::error::CallNotMade;
use crate::track::{chain, type_of};

/// An error that a user's function returned.
pub struct Sources<'a, E: ?Sized>(PointerAndError<'a, E>);

/// It points to another error: `Box<SomeError>`, `Arc<dyn Error>`. Its own `source` skips the one it points to.
pub struct PointerAndError<'a, E: ?Sized>(Pointer<'a, E>);

/// It points to an error, but is not an error itself: `Box<dyn Error>`, `anyhow::Error`.
pub struct Pointer<'a, E: ?Sized>(Plain<'a, E>);

/// It is a plain error.
pub struct Plain<'a, E: ?Sized>(Unknown<'a, E>);

/// It may be anything.
pub struct Unknown<'a, E: ?Sized>(&'a E);

impl<'a, E: ?Sized> Sources<'a, E> {
    #[inline]
    pub fn of(error: &'a E) -> Self {
        Self(PointerAndError(Pointer(Plain(Unknown(error)))))
    }
}

macro_rules! deref {
    ($($wrapper:ident to $inner:ident,)*) => {$(
        impl<'a, E: ?Sized> Deref for $wrapper<'a, E> {
            type Target = $inner<'a, E>;

            #[inline]
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

impl<E: ?Sized> Unknown<'_, E> {
    #[inline]
    fn error(&self) -> &E {
        self.0
    }
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
impl<E: AsError + Deref<Target: AsError>> PointerAndError<'_, E> {
    #[inline]
    pub fn has<T: Error + 'static>(&self) -> bool {
        type_of::<T>(self.error().as_error()) || type_of::<T>((**self.error()).as_error())
    }
}

impl<E: Deref<Target: AsError>> Pointer<'_, E> {
    #[inline]
    pub fn has<T: Error + 'static>(&self) -> bool {
        type_of::<T>((**self.error()).as_error())
    }
}

impl<E: AsError> Plain<'_, E> {
    #[inline]
    pub fn has<T: Error + 'static>(&self) -> bool {
        type_of::<T>(self.error().as_error())
    }
}

/// Refused.
impl<E> Unknown<'_, E> {
    #[inline]
    pub fn has<T: Error + 'static>(&self) -> bool
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

// Whether the error is a refusal by this breaker. Lookup does not see lifetimes, and an error of any lifetime is looked at here; so
// no type may have to be `'static`, and the error itself is not looked at. Its sources suffice: a refusal has one, too.

impl<E: Deref<Target: Error>> Pointer<'_, E> {
    #[inline]
    pub fn is_refusal_by(&self, breaker: &Breaker) -> bool {
        is_refusal_by(breaker, (**self.error()).source())
    }
}

impl<E: Error + ?Sized> Plain<'_, E> {
    #[inline]
    pub fn is_refusal_by(&self, breaker: &Breaker) -> bool {
        is_refusal_by(breaker, self.error().source())
    }
}

impl<E: ?Sized> Unknown<'_, E> {
    #[inline]
    pub fn is_refusal_by(&self, _breaker: &Breaker) -> bool {
        false
    }
}

/// Most errors have no source, which the compiler sees where this is inlined, so that it need not even give them an address.
#[inline]
fn is_refusal_by(breaker: &Breaker, source: Option<&(dyn Error + 'static)>) -> bool {
    #[cold]
    #[inline(never)]
    fn is_in_chain(breaker: &Breaker, source: &(dyn Error + 'static)) -> bool {
        let is_by_breaker = |error: &(dyn Error + 'static)| {
            error.downcast_ref().is_some_and(|refusal: &CallNotMade| refusal.is_by(breaker))
        };
        ask(false, || chain(Some(source)).any(is_by_breaker))
    }
    source.is_some_and(|source| is_in_chain(breaker, source))
}
