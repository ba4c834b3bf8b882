//! Which results count as failures.
//!
//! # In the attribute
//!
//! `track` says which results are failures, `success` which errors are successes (a 404 proves the service alive). Each is a
//! tracker: one of these, or several joined with `&` (both), `|` (either) and `!` (not), which bind as in Rust.
//!
//! | tracker | claims |
//! |---|---|
//! | `all` | every `Err` |
//! | `matches(PATTERN if GUARD)` | an `Err` whose error is like this |
//! | `type_of(T, ..)` | an `Err` whose error, or an error that it comes from, is a `T` |
//! | `custom(FUNCTION)` | an `Err` of whose error, `&E`, a path or closure says so |
//! | `ok(PATTERN if GUARD)` | an `Ok` whose value is like this: a 500 that arrived as `Ok(response)` |
//! | `returned(PATTERN if GUARD)` | a return value like this, whether a `Result` or not |
//!
//! `success` is asked first. What it claims is a success, what `track` claims is a failure. Of what neither claims, an `Ok` is a
//! success, and so is what a function returns that returns no `Result`; an `Err` is ignored: it is recorded nowhere, as if there had
//! been no call. Without `track`, every other `Err` is a failure.
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
//! Each tracker is asked only of what it looks at: `matches`, `type_of` and `custom` of an `Err`, `ok` of an `Ok`. The others have
//! nothing to say of it, denied or not, so that `!matches(NotFound)` never claims an `Ok`; joined with `&` neither has the whole.
//!
//! Patterns are matched on a reference, so that what they bind is one: `matches(Status(code) if *code >= 500)`.
//!
//! `type_of` looks through what the error points to and at its [sources](Error::source): it sees into `Box<dyn Error>`,
//! `anyhow::Error` and `std::io::Error`. It does not see what is not among the sources: neither the field of a variant that
//! thiserror calls `transparent`, for which there is `matches(MyError::Io(_))`, nor what was given to anyhow's `context`, for
//! which there is `custom(|error| error.is::<Context>())`.
//!
//! A guard or a function that panics is contained, and the tracker counts as absent: an `Err` is a failure, an `Ok` a success.
//!
//! # By hand
//!
//! A program says itself what became of a call: `Ok` or `Err` to [`CircuitBreaker::call`](crate::CircuitBreaker::call), or any
//! [`Outcome`](crate::Outcome) to [`Call::record`](crate::Call::record). [`type_of`] is what is tedious to write for that.

use core::error::Error;

/// Whether an error, or one it comes from, is a `T`.
///
/// Follows [`source`](Error::source), and looks into a [`std::io::Error`] that was made of another error and into a
/// [`fluxgate::Error`](crate::Error), whose `source` would leave that one out.
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
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<T>() || matches!(error.downcast_ref(), Some(crate::Error::<T>::Inner(_))) {
            return true;
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}
