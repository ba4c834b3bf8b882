//! Which results count as failures.
//!
//! # In the attribute
//!
//! `track` says which results are failures; `success` says which errors are successes: a 404 proves the service alive, and sqlx's
//! `RowNotFound` the database. Each is a tracker: one of those below, or several joined with `&` (both), `|` (either) and `!` (not), with
//! Rust's precedence.
//!
//! | tracker | claims |
//! |---|---|
//! | `all` | every `Err` |
//! | `matches(PATTERN if GUARD)` | an `Err` whose error matches |
//! | `type_of(T, ..)` | an `Err` whose error, or one of its sources, is a `T` (or another of the types) |
//! | `custom(FUNCTION)` | an `Err` for whose error, passed as `&E`, the path or closure returns `true` |
//! | `ok(PATTERN if GUARD)` | an `Ok` whose value matches: a 500 that arrived as `Ok(response)` |
//! | `returned(PATTERN if GUARD)` | a return value that matches, whether it is a `Result` or not |
//! | `server_errors` | an `Ok` or an `Err` whose [status](#responses-with-a-status) says that the server failed, and an `Err` without a status |
//!
//! `ignore` is asked first: what it claims says nothing about the dependency, and is not recorded. Then `success`: what it claims
//! is a success. Then `track`: what it claims is a failure. If none claims a result, an `Ok` or a value that is not a `Result` is a
//! success, and an `Err` is ignored. Without `track`, or with one that looks only at `Ok` values, every `Err` that the others do not claim
//! is a failure. A failure that only passes on a refusal of the same breaker, from a call within the call, is ignored. The refusal is found
//! among the sources of an error, or of what a `Box` or `anyhow::Error` points to, and in a [`fluxgate::Error`](crate::Error). In `Inner` of
//! that, it is found only if what is in there implements [`Error`]: not in an `anyhow::Error`, nor in a `fluxgate::Error<String>`.
//!
//! ```
//! use fluxgate::{CallNotPermitted, circuit_breaker};
//!
//! # #[derive(Debug)]
//! enum FetchError {
//!     NotFound,
//!     BadRequest,
//!     Timeout,
//!     NotPermitted(CallNotPermitted),
//! }
//! # impl From<CallNotPermitted> for FetchError {
//! #     fn from(refusal: CallNotPermitted) -> Self { Self::NotPermitted(refusal) }
//! # }
//!
//! #[circuit_breaker(
//!     success = matches(FetchError::NotFound),
//!     track = !matches(FetchError::BadRequest) | ok(500..),
//!     handle = FETCH,
//! )]
//! fn fetch(result: Result<u16, FetchError>) -> Result<u16, FetchError> {
//!     result
//! }
//!
//! for (result, failures, total) in [
//!     (Ok(200), 0, 1),
//!     (Ok(503), 1, 2),
//!     (Err(FetchError::NotFound), 1, 3),
//!     (Err(FetchError::BadRequest), 1, 3),
//!     (Err(FetchError::Timeout), 2, 4),
//! ] {
//!     let _ = fetch(result);
//!     assert_eq!((FETCH.metrics().failures(), FETCH.metrics().total()), (failures, total));
//! }
//! ```
//!
//! Trackers that allow no call to fail, or none to succeed, are refused: `success = all`, `ignore = ok(_)`, the same in `success` as in
//! `track`.
//!
//! Each tracker applies only to what it looks at: `matches`, `type_of` and `custom` to an `Err`, `ok` to an `Ok`. Neither a tracker nor its
//! negation applies to the other kind of result, so `!matches(NotFound)` never claims an `Ok`; and `a & b` applies only where both do.
//!
//! Patterns are matched against a reference, so their bindings are references: `matches(Status(code) if *code >= 500)`. A text pattern,
//! such as `matches("down" | "away")`, matches anything that borrows as text: `&str`, `String`, `Cow<str>`; a bytes pattern, `ok(b"ERR")`,
//! anything that borrows as bytes. A name in camel case, `matches(Down)`, is that of an imported variant or a unit struct, not a new
//! variable, unless the guard uses it: a misspelt one, which would match everything, does not compile. What only a method can tell goes into
//! a guard: `matches(error if error.kind() == ErrorKind::NotFound)` for an `io::Error`, which is no `ErrorKind` itself, and
//! `matches(status if matches!(status.code(), Code::NotFound | Code::AlreadyExists))` for a `tonic::Status`, which is no `Code`.
//!
//! `type_of` follows pointers and [sources](Error::source): it sees into `Box<dyn Error>`, `anyhow::Error` and `std::io::Error`, into an
//! `Arc` of one of these, and into a `Box` or `Arc` that is a source itself, such as a `#[source] Box<E>`. It does not see what is not
//! among the sources: for the field of a `transparent` variant of thiserror, use `matches(MyError::Io(_))`; for a value given to anyhow's
//! `context`, use `custom(|error| error.is::<Context>())`. But `type_of(CallNotPermitted)` sees a refusal anywhere, even behind a
//! `transparent` variant.
//!
//! A panic in a guard or a function is contained. An `ignore` or a `success` that panics claims nothing; if `track` panics, an `Err` is a
//! failure, and an `Ok` a success.
//!
//! # Responses with a status
//!
//! A client's function returns `Ok(response)` when the server answers 500, and an `Err` when it answers "no such user" with gRPC. With
//! `track = server_errors`, the status decides, whether it is in the `Ok` or in the `Err`:
//!
//! | result | counts as |
//! |---|---|
//! | a status of 500 to 599 in an `Ok` or an `Err` | a failure |
//! | any other in an `Ok` or an `Err`: the server answers | a success |
//! | an `Ok` without a status | a success |
//! | an `Err` without a status: no connection, a time-out, a refusal of another breaker | a failure |
//!
//! A status is what a method `status()` returns, if that is an `http::StatusCode` of any version, a `u16`, or an `Option` of either. So
//! [`http::Response`](https://docs.rs/http), the responses and errors of reqwest, hyper and others, and types of your own need nothing
//! more; for a [`fluxgate::Error`](crate::Error), the error in it is asked. What is behind another pointer or in `anyhow::Error` has no
//! status, because nothing is known of it. A function with a status in neither `T` nor `E` is refused; in generic code, a type has the
//! status that its bounds promise.
//!
//! Some clients turn a 404 into an error without such a method: ureq's `Error::StatusCode`, the AWS SDK's `SdkError`. There, say which
//! errors are answers: `success = matches(Inner(ureq::Error::StatusCode(400..500)))`.
//!
//! With the feature `tonic`, a `tonic::Status`, also in a `Box`, has the status to which
//! [`google.rpc.Code`](https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto) maps its code: the server has failed
//! with `UNKNOWN`, `DEADLINE_EXCEEDED`, `UNIMPLEMENTED`, `INTERNAL`, `UNAVAILABLE` and `DATA_LOSS`. `CANCELLED` also counts as a failure,
//! since that is how tonic spells its own time-out; a call that the program itself cancels has no status. With the feature `axum`,
//! `StatusCode` and pairs that begin with one are errors with a status.
//!
//! ```
//! # use fluxgate::circuit_breaker;
//! # use std::io;
//! # struct Response(u16);
//! # impl Response { fn status(&self) -> u16 { self.0 } }
//! #[circuit_breaker(track = server_errors, handle = FETCH)]
//! fn fetch(answer: io::Result<Response>) -> io::Result<Response> {
//!     answer
//! }
//!
//! for (answer, failures) in [
//!     (Ok(Response(200)), 0),
//!     (Ok(Response(404)), 0),
//!     (Ok(Response(503)), 1),
//!     (Err(io::ErrorKind::ConnectionRefused.into()), 2),
//! ] {
//!     let _ = fetch(answer);
//!     assert_eq!(FETCH.metrics().failures(), failures);
//! }
//! ```
//!
//! `server_errors` is joined like the others: `server_errors | ok(r if r.status() == 429)` counts a busy server as a failing one, and
//! `server_errors & !matches(..)` excludes some errors, which are then ignored; since `matches` looks at errors alone, no `Ok` is a
//! failure then. A healthy call with a status takes some 50 instructions more, since a `status()` may be user code, and panic; one with a
//! status only in its errors, a dozen.
//!
//! # By hand
//!
//! Without the attribute, the program decides the outcome itself: it returns `Ok` or `Err` to
//! [`CircuitBreaker::call`](crate::CircuitBreaker::call), or passes any [`Outcome`](crate::Outcome) to
//! [`Call::record`](crate::Call::record). [`type_of`] is the one tracker that is tedious to write by hand.

use core::any::TypeId;
use core::error::Error;
use core::iter;
use std::io;
use std::sync::Arc;

use crate::CallNotPermitted;
use crate::handle::error::CallNotMade;

/// Whether an error, or one of its sources, is a `T`.
///
/// Follows [`source`](Error::source), and looks into what is an error itself and has a `source` that skips the error in it: a
/// [`std::io::Error`] that wraps another error, a `Box<T>` or `Arc<T>` of an error, an `Arc<dyn Error>`, also with `Send` or
/// `Send + Sync`, and a [`fluxgate::Error`](crate::Error). A chain of more than 256 errors is taken for a cycle, and cut off there.
///
/// ```
/// use fluxgate::track;
/// use std::{error::Error, io, num::ParseIntError};
///
/// let digits: Box<dyn Error> = "4x".parse::<u32>().unwrap_err().into();
/// assert!(track::type_of::<ParseIntError>(&*digits));
/// assert!(!track::type_of::<io::Error>(&*digits));
///
/// let wrapped = io::Error::other("4x".parse::<u32>().unwrap_err());
/// assert!(track::type_of::<ParseIntError>(&wrapped));
/// ```
pub fn type_of<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let is_refusal = TypeId::of::<T>() == TypeId::of::<CallNotPermitted>();
    chain(Some(error)).any(|error| as_type::<T>(error).is_some() || is_refusal && error.is::<CallNotMade>())
}

/// How many errors of a chain are looked at, since it may be a cycle.
const MAX_CHAIN: usize = 256;

/// An error and its sources.
pub(crate) fn chain<'a>(
    error: Option<&'a (dyn Error + 'static)>,
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(error, |&error| wrapped(error).or_else(|| error.source())).take(MAX_CHAIN)
}

/// The error in this one, if this one's `source` skips it, and its type is not known.
fn wrapped<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(error) = as_type::<io::Error>(error) {
        return error.get_ref().map(|inner| inner as _);
    }
    as_itself(error)
        .map(|shared: &Arc<dyn Error + Send + Sync>| &**shared as _)
        .or_else(|| as_itself(error).map(|shared: &Arc<dyn Error + Send>| &**shared as _))
        .or_else(|| as_itself(error).map(|shared: &Arc<dyn Error>| &**shared))
}

/// The `T` that this error is, or that it points to.
fn as_type<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    as_itself(error)
        .or_else(|| as_itself::<Box<T>>(error).map(|boxed| &**boxed))
        .or_else(|| as_itself::<Arc<T>>(error).map(|shared| &**shared))
}

/// The `T` that this error is, as such or as a [`fluxgate::Error`](crate::Error).
fn as_itself<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    match error.downcast_ref() {
        Some(crate::Error::Inner(inner)) => Some(inner),
        _ => error.downcast_ref(),
    }
}
