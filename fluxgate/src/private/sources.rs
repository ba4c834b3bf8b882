//! A user's error, of any type, and its sources.
//!
//! What can be asked of an error depends on its type, which only the compiler knows. It finds the answer by method lookup: the wrappers below
//! dereference to one another, and the first whose conditions the type meets has the method.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::error::Error;
use core::marker::PhantomData;
use core::ops::Deref;

use crate::track::type_of;

/// A type of errors that a user's function returns.
pub struct Sources<E: ?Sized>(PointerAndError<E>);

/// The error points to another one: `Box<SomeError>`, `Arc<dyn Error>`. Its own `source` skips the one it points to.
pub struct PointerAndError<E: ?Sized>(Pointer<E>);

/// The type points to an error, but is not an error itself: `Box<dyn Error>`, `anyhow::Error`.
pub struct Pointer<E: ?Sized>(Plain<E>);

/// The type is a plain error.
pub struct Plain<E: ?Sized>(PointerToPointer<E>);

/// The type points to one that points to an error, neither being one itself: `Arc<anyhow::Error>`.
pub struct PointerToPointer<E: ?Sized>(Unknown<E>);

/// The type may be anything.
pub struct Unknown<E: ?Sized>(PhantomData<fn(&E)>);

impl<E: ?Sized> Sources<E> {
    #[inline(always)]
    pub const fn of(_error: &E) -> Self {
        Self(PointerAndError(Pointer(Plain(PointerToPointer(Unknown(PhantomData))))))
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
    Plain to PointerToPointer,
    PointerToPointer to Unknown,
}

/// Errors, also as trait objects.
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

/// What `type_of` can look for.
#[diagnostic::on_unimplemented(
    message = "`type_of` looks for a type of errors, and `{Self}` is none",
    label = "this type does not implement `std::error::Error`",
    note = "to look at the error itself, use `matches(PATTERN)` or `custom(|error| ..)`"
)]
#[doc(hidden)]
pub trait SomeError: Error + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Error + 'static> SomeError for T {}

/// The lookup of `type_of`.
impl<E: AsError + Deref<Target: AsError>> PointerAndError<E> {
    #[inline(always)]
    pub fn has<T: SomeError>(&self, error: &E) -> bool {
        type_of::<T>(error.as_error()) || type_of::<T>((**error).as_error())
    }
}

impl<E: Deref<Target: AsError>> Pointer<E> {
    #[inline(always)]
    pub fn has<T: SomeError>(&self, error: &E) -> bool {
        type_of::<T>((**error).as_error())
    }
}

impl<E: AsError> Plain<E> {
    #[inline(always)]
    pub fn has<T: SomeError>(&self, error: &E) -> bool {
        type_of::<T>(error.as_error())
    }
}

impl<E: Deref<Target: Deref<Target: AsError>>> PointerToPointer<E> {
    #[inline(always)]
    pub fn has<T: SomeError>(&self, error: &E) -> bool {
        type_of::<T>((***error).as_error())
    }
}

/// Refused by the compiler.
impl<E> Unknown<E> {
    #[inline(always)]
    pub fn has<T: SomeError>(&self, _error: &E) -> bool
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
