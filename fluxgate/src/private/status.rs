//! The status of a response or an error, which `server_errors` looks at.
//!
//! Only the compiler knows whether there is one, and of which crate. An expansion asks a value for its `status()`, and the result whether
//! it `is_server_error()`. Methods of the types themselves, and `status` of the user's traits, are found before those of the traits below,
//! which every type has; so types of any crate and version work, and Fluxgate needs none of those crates.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::marker::PhantomData;
use core::ops::Deref;

use super::closures::ask;
use super::unmet::Unmet;
use crate::handle::error::Error;

/// A type of values that may contain the one that has a status.
pub struct Inner<T>(Itself<T>);

/// The value that has a status itself.
pub struct Itself<T>(PhantomData<fn(&T)>);

impl<T> Inner<T> {
    #[inline]
    pub const fn of(_value: &T) -> Self {
        Self(Itself(PhantomData))
    }
}

impl<T> Deref for Inner<T> {
    type Target = Itself<T>;

    #[inline]
    fn deref(&self) -> &Itself<T> {
        &self.0
    }
}

impl<E> Inner<Error<E>> {
    /// `None` for a refusal, which has no status.
    #[inline]
    pub fn get<'a>(&self, error: &'a Error<E>) -> Option<&'a E> {
        match error {
            Error::Inner(error) => Some(error),
            Error::NotPermitted(_) => None,
        }
    }
}

#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as for what may contain none")]
impl<T> Itself<T> {
    #[inline]
    pub fn get<'a>(&self, value: &'a T) -> Option<&'a T> {
        Some(value)
    }
}

/// A type without a method `status` whose status we know.
pub trait KnownStatus {
    /// As an HTTP status.
    fn known_status(&self) -> u16;
}

impl<T: KnownStatus> KnownStatus for Box<T> {
    fn known_status(&self) -> u16 {
        (**self).known_status()
    }
}

/// A type of values that are asked for a status, [known](KnownStatus) or not.
pub struct Asked<T>(Unrecognized<T>);

/// The type has no known status.
pub struct Unrecognized<T>(PhantomData<fn(&T)>);

impl<T> Asked<T> {
    #[inline]
    pub const fn of(_value: &T) -> Self {
        Self(Unrecognized(PhantomData))
    }
}

impl<T> Deref for Asked<T> {
    type Target = Unrecognized<T>;

    #[inline]
    fn deref(&self) -> &Unrecognized<T> {
        &self.0
    }
}

/// A known status, which has the method.
pub struct HttpStatus(u16);

impl HttpStatus {
    #[inline]
    pub fn status(&self) -> u16 {
        self.0
    }
}

impl<T: KnownStatus> Asked<T> {
    #[inline]
    pub fn get(&self, value: &T) -> HttpStatus {
        HttpStatus(value.known_status())
    }
}

#[expect(clippy::unused_self, reason = "as for a known one")]
impl<T> Unrecognized<T> {
    #[inline]
    pub fn get<'a>(&self, value: &'a T) -> &'a T {
        value
    }
}

/// `status` for types that have no such method.
pub trait WithoutStatus {
    #[inline]
    fn status(&self) -> Absent {
        Absent
    }
}

// For a reference: the compiler takes a method of the type itself, and one of any other trait, before it takes another reference.
impl<T: ?Sized> WithoutStatus for &T {}

/// The status of a type that has none.
pub struct Absent;

/// What `status()` returned.
pub struct Status<S>(pub S);

impl<S> Status<Option<S>> {
    #[inline]
    pub fn get(self) -> Option<S> {
        self.0
    }
}

impl Status<Absent> {
    #[inline]
    pub fn get(self) -> Option<Absent> {
        None
    }
}

/// The status is neither absent nor optional.
pub trait OneStatus {
    type Status;

    fn get(self) -> Option<Self::Status>;
}

impl<S> OneStatus for Status<S> {
    type Status = S;

    #[inline]
    fn get(self) -> Option<S> {
        Some(self.0)
    }
}

/// `is_server_error` for statuses that have no such method.
#[doc(hidden)]
pub trait IsServerError {
    #[inline]
    fn is_server_error(&self) -> bool
    where
        Self: AsStatus,
    {
        matches!(self.as_status(), 500..=599)
    }
}

impl<S> IsServerError for S {}

/// A status that has no method `is_server_error`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether the server failed",
    label = "asks `status()`, which returns a `{Self}`",
    note = "`status()` may return an `http::StatusCode`, a `u16`, or an `Option` of either",
    note = "otherwise, say what a failure is: `track = matches(PATTERN) | ok(PATTERN)`"
)]
pub trait AsStatus {
    fn as_status(&self) -> u16;
}

#[diagnostic::do_not_recommend]
impl AsStatus for u16 {
    #[inline]
    fn as_status(&self) -> u16 {
        *self
    }
}

#[diagnostic::do_not_recommend]
impl AsStatus for Absent {
    fn as_status(&self) -> u16 {
        0
    }
}

/// A status, if there is one. Its type tells whether there can be one at all.
pub struct Found<S>(pub Option<S>);

/// The type has no status.
pub struct Missing;

/// The type has a status, or tells each time whether there is one; and whether the server failed.
pub struct Present(Option<bool>);

impl Found<Absent> {
    #[inline]
    pub fn ask(self, _is_server_error: impl FnOnce(Absent) -> bool) -> Missing {
        Missing
    }
}

/// There can be a status.
pub trait FoundStatus {
    type Status;

    fn ask(self, is_server_error: impl FnOnce(Self::Status) -> bool) -> Present;
}

impl<S> FoundStatus for Found<S> {
    type Status = S;

    #[inline]
    fn ask(self, is_server_error: impl FnOnce(S) -> bool) -> Present {
        Present(self.0.map(is_server_error))
    }
}

/// What is known about a status.
pub trait Presence {
    const IS_POSSIBLE: bool;

    fn server_failed(self) -> Option<bool>;
}

impl Presence for Missing {
    const IS_POSSIBLE: bool = false;

    fn server_failed(self) -> Option<bool> {
        None
    }
}

impl Presence for Present {
    const IS_POSSIBLE: bool = true;

    #[inline]
    fn server_failed(self) -> Option<bool> {
        self.0
    }
}

/// Whether the server failed, by the status in a result. An error without one is a failure on the way to the server.
#[inline]
pub fn server_failed<'a, T, E, V: Presence, F: Presence>(
    result: Result<&'a T, &'a E>,
    of_value: impl FnOnce(&'a T) -> V,
    of_error: impl FnOnce(&'a E) -> F,
) -> bool
where
    (V, F): HaveStatus<T, E>,
{
    match result {
        Ok(value) => V::IS_POSSIBLE && ask(false, || of_value(value).server_failed().unwrap_or(false)),
        Err(error) => !F::IS_POSSIBLE || ask(true, || of_error(error).server_failed().unwrap_or(true)),
    }
}

/// At least one of them has a status.
#[diagnostic::on_unimplemented(
    message = "neither `{T}` nor `{E}` has a status that says whether the server failed",
    label = "needs a status",
    note = "it asks values and errors for `status()`, as `http::Response`, `reqwest::Response` and `reqwest::Error` have it;\n`tonic::Status` needs the feature `tonic` of Fluxgate, and `http::StatusCode` the feature `axum`",
    note = "give a type of yours a method `fn status(&self) -> Option<http::StatusCode>`,\nor say what a failure is: `track = matches(PATTERN) | ok(PATTERN)`"
)]
pub trait HaveStatus<T, E> {}

#[diagnostic::do_not_recommend]
impl<T, E> HaveStatus<T, E> for (Present, Present) {}
#[diagnostic::do_not_recommend]
impl<T, E> HaveStatus<T, E> for (Present, Missing) {}
#[diagnostic::do_not_recommend]
impl<T, E> HaveStatus<T, E> for (Missing, Present) {}
// Never used. If there were only one implementation for `Missing`, the compiler would take it, and complain about what that leads to.
#[diagnostic::do_not_recommend]
impl<T, E> HaveStatus<T, E> for (Missing, Unmet) {}

#[cfg(feature = "axum")]
mod of_http {
    use super::KnownStatus;
    use http::StatusCode;

    impl KnownStatus for StatusCode {
        fn known_status(&self) -> u16 {
            self.as_u16()
        }
    }

    impl<R> KnownStatus for (StatusCode, R) {
        fn known_status(&self) -> u16 {
            self.0.as_u16()
        }
    }
}

#[cfg(feature = "tonic")]
mod of_grpc {
    use super::KnownStatus;
    use tonic::{Code, Status};

    /// By the mapping of [`google.rpc.Code`](https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto), except that
    /// `CANCELLED` is a time-out: tonic returns it for its own, while a call that the program cancels has no status at all.
    impl KnownStatus for Status {
        fn known_status(&self) -> u16 {
            match self.code() {
                Code::Ok => 200,
                Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => 400,
                Code::Unauthenticated => 401,
                Code::PermissionDenied => 403,
                Code::NotFound => 404,
                Code::AlreadyExists | Code::Aborted => 409,
                Code::ResourceExhausted => 429,
                Code::Unknown | Code::Internal | Code::DataLoss => 500,
                Code::Unimplemented => 501,
                Code::Unavailable => 503,
                Code::DeadlineExceeded | Code::Cancelled => 504,
            }
        }
    }
}
