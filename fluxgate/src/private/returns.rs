//! What functions with the attribute may return.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::task::Poll;
use std::time::Duration;

use super::evidence::{ErrorType, Evidence};
use super::unmet::{Impossible, Met, Unmet};
use crate::engine::breaker::Breaker;
use crate::handle::call::Call;
use crate::handle::error::CallNotPermitted;
use crate::handle::refusal::Refusal;
use crate::handle::timed_out::TimedOut;
use crate::return_type::Output;

/// The return type of a guarded function without further arguments.
///
/// Functions that take the type take it twice, or also a value of it: if the type is wrong, the compiler then blames the whole call, not
/// one of its arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so nothing says which calls failed",
    label = "return a `Result`, or add `track = returned(PATTERN), rejected = |refusal| ..`",
    note = "`PATTERN` says what a failure is, and `rejected` what to return when the call is refused;\nfor an `Option`: `track = returned(None), rejected = |_| None`;\nfor a response: `track = returned(response if response.status().is_server_error())`;\nfor a stream, which fails later: put a `fluxgate::OwnedCall` into it instead"
)]
pub trait Returned: Sized {
    type Value;
    type Error;
    /// [`ErrorType`] of that type. As an associated type, it is found before its methods are looked up.
    type ErrorType;

    fn as_result(_: Output<Self>, returned: &Self) -> Result<&Self::Value, &Self::Error>;

    /// The type of its errors, which is asked for what only the compiler knows.
    fn errors(_: Output<Self>, _: Output<Self>) -> Self::ErrorType;

    /// A call without trackers and handlers, from its beginning to its end: every error is a failure, unless `evidence` knows better.
    #[inline(always)]
    fn call<V: Evidence<Self::Error>>(
        output: Output<Self>,
        _: Output<Self>,
        breaker: &Breaker,
        evidence: V,
        become_error: impl FnOnce(CallNotPermitted) -> Self::Error,
        body: impl FnOnce() -> Self,
    ) -> Self {
        match Call::enter(breaker) {
            Ok(call) => Self::settle(output, evidence, body(), call),
            Err(refusal) => Self::refused(refusal, become_error),
        }
    }

    /// The same, where the user's function makes what a refused call returns.
    #[inline(always)]
    fn call_or<V: Evidence<Self::Error>>(
        output: Output<Self>,
        _: Output<Self>,
        breaker: &Breaker,
        evidence: V,
        rejected: impl FnOnce(CallNotPermitted) -> Self,
        body: impl FnOnce() -> Self,
    ) -> Self {
        match Call::enter(breaker) {
            Ok(call) => Self::settle(output, evidence, body(), call),
            Err(refusal) => refusal.into_error(rejected),
        }
    }

    /// The same for an admitted call.
    #[inline(always)]
    fn run<V: Evidence<Self::Error>>(
        output: Output<Self>,
        _: Output<Self>,
        call: Call<'_>,
        evidence: V,
        body: impl FnOnce() -> Self,
    ) -> Self {
        Self::settle(output, evidence, body(), call)
    }

    /// The end of such a call.
    fn settle<V: Evidence<Self::Error>>(_: Output<Self>, evidence: V, returned: Self, call: Call<'_>)
    -> Self;

    /// The same for the result of a future, which is ready.
    #[inline(always)]
    fn settle_polled<V: Evidence<Self::Error>>(
        output: Output<Self>,
        evidence: V,
        polled: Poll<Self>,
        call: Call<'_>,
    ) -> Poll<Self> {
        polled.map(|returned| Self::settle(output, evidence, returned, call))
    }

    /// The same, where a failure may ask for a pause.
    fn settle_with_request<V: Evidence<Self::Error>>(
        _: Output<Self>,
        evidence: V,
        returned: Self,
        call: Call<'_>,
        request: impl FnOnce(&Self::Error) -> Option<Duration>,
    ) -> Self;

    /// Splits off the error, if there is one.
    fn split(_: Output<Self>, returned: Self) -> Result<Self, Self::Error>;

    /// What a refused call returns.
    fn refused(refusal: impl IntoError, become_error: impl FnOnce(CallNotPermitted) -> Self::Error) -> Self;

    /// What a call that took too long returns.
    fn timed_out(timed_out: TimedOut, become_error: impl FnOnce(TimedOut) -> Self::Error) -> Self;

    /// The error of a refused call, like that of a [`split`](Self::split).
    #[inline(always)]
    fn refused_error(
        refusal: impl IntoError,
        become_error: impl FnOnce(CallNotPermitted) -> Self::Error,
    ) -> Result<Self, Self::Error> {
        Err(refusal.into_error(become_error))
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Returned for Result<T, E> {
    type Value = T;
    type Error = E;
    type ErrorType = ErrorType<E>;

    #[inline(always)]
    fn errors(_: Output<Self>, _: Output<Self>) -> ErrorType<E> {
        ErrorType::new()
    }

    #[inline(always)]
    fn as_result(_: Output<Self>, returned: &Self) -> Result<&T, &E> {
        returned.as_ref()
    }

    #[inline(always)]
    fn settle<V: Evidence<E>>(_: Output<Self>, _: V, returned: Self, call: Call<'_>) -> Self {
        call.settle(returned, V::outcome)
    }

    #[inline(always)]
    fn settle_polled<V: Evidence<E>>(
        _: Output<Self>,
        _: V,
        polled: Poll<Self>,
        call: Call<'_>,
    ) -> Poll<Self> {
        call.settle_polled(polled, V::outcome)
    }

    #[inline(always)]
    fn settle_with_request<V: Evidence<E>>(
        _: Output<Self>,
        _: V,
        returned: Self,
        call: Call<'_>,
        request: impl FnOnce(&E) -> Option<Duration>,
    ) -> Self {
        call.settle_with_request(returned, V::outcome, request)
    }

    #[inline(always)]
    fn split(_: Output<Self>, returned: Self) -> Result<Self, E> {
        returned.map(Ok)
    }

    #[inline(always)]
    fn refused(refusal: impl IntoError, become_error: impl FnOnce(CallNotPermitted) -> E) -> Self {
        refusal.into_error(|refusal| Err(become_error(refusal)))
    }

    #[inline(always)]
    fn timed_out(timed_out: TimedOut, become_error: impl FnOnce(TimedOut) -> E) -> Self {
        Err(become_error(timed_out))
    }
}

/// The return type of a function whose tracker looks at whole return values, if no argument says what a refused call returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so nothing says what to return when the call is refused",
    label = "add `rejected = |refusal| ..`"
)]
pub trait Refusable: Sized {
    type Error;

    fn refused(refusal: impl IntoError, become_error: impl FnOnce(CallNotPermitted) -> Self::Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E> Refusable for Result<T, E> {
    type Error = E;

    #[inline(always)]
    fn refused(refusal: impl IntoError, become_error: impl FnOnce(CallNotPermitted) -> E) -> Self {
        refusal.into_error(|refusal| Err(become_error(refusal)))
    }
}

/// A refusal, in either form.
pub trait IntoError {
    fn into_error<R>(self, then: impl FnOnce(CallNotPermitted) -> R) -> R;
}

impl IntoError for Refusal<'_> {
    #[inline(always)]
    fn into_error<R>(self, then: impl FnOnce(CallNotPermitted) -> R) -> R {
        self.into_error(then)
    }
}

impl IntoError for CallNotPermitted {
    #[inline(always)]
    fn into_error<R>(self, then: impl FnOnce(CallNotPermitted) -> R) -> R {
        then(self)
    }
}

/// An error type that a refusal converts into.
#[diagnostic::on_unimplemented(
    message = "`{E}` cannot say that a call was refused",
    label = "needs `From<fluxgate::CallNotPermitted>`, or the attribute `rejected = |refusal| ..`",
    note = "if it is a type of yours, add a variant to it, here with thiserror:\n`#[error(transparent)] NotPermitted(#[from] fluxgate::CallNotPermitted),`",
    note = "if it is a type of another crate, return `Result<_, fluxgate::Error<{E}>>`,\nor where a trait or a framework asks for it, say what a refused call returns: `rejected = |refusal| ..`;\nfor `tonic::Status`, enable the feature `tonic` of Fluxgate, and for what axum's handlers return, `axum`",
    note = "if it is a type of yours in a `Box` or an `Arc`: `rejected = |refusal| Err(Box::new(refusal.into()))`",
    note = "if it is a type parameter, it needs the bound `{E}: From<fluxgate::CallNotPermitted>`"
)]
pub trait Becomes<E, How> {
    /// `ByConversion`, if there is a conversion.
    type By;

    fn become_error(self) -> E;

    /// A type, for futures: a function would be a closure by the time it is in one, and each closure takes compile time.
    fn by<R: Returned<Error = E>>(_: Output<R>, _: Output<R>) -> Self::By;
}

/// A refusal becomes an error of the type that a call returns.
pub struct ByConversion;

#[diagnostic::do_not_recommend]
impl<E: From<Self>> Becomes<E, Met> for CallNotPermitted {
    type By = ByConversion;

    #[inline(always)]
    fn become_error(self) -> E {
        self.into()
    }

    #[inline(always)]
    fn by<R: Returned<Error = E>>(_: Output<R>, _: Output<R>) -> ByConversion {
        ByConversion
    }
}

#[diagnostic::do_not_recommend]
impl<E: Impossible> Becomes<E, Unmet> for CallNotPermitted {
    type By = Unmet;

    fn become_error(self) -> E {
        E::never()
    }

    fn by<R: Returned<Error = E>>(_: Output<R>, _: Output<R>) -> Unmet {
        E::never()
    }
}
