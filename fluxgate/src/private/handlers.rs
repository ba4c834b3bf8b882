//! Calls to the user's handlers, and to `custom` trackers that are not closures in the attribute, and the types that such closures name.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use std::time::Duration;

use super::returns::IntoError;
use super::unmet::{Impossible, Met, Unmet};
use crate::handle::error::CallNotPermitted;
use crate::return_type::Output;

/// Calls a `fallback` that is a closure.
#[inline(always)]
pub fn handle<A, R>(_: Output<R>, argument: A, fallback: impl FnOnce(A) -> R) -> R {
    fallback(argument)
}

/// Calls a `rejected` that is a closure.
#[inline(always)]
pub fn reject<R>(_: Output<R>, refusal: impl IntoError, rejected: impl FnOnce(CallNotPermitted) -> R) -> R {
    refusal.into_error(rejected)
}

#[diagnostic::on_unimplemented(
    message = "`fallback` needs a function from `{E}` to `{R}`",
    label = "this is `{Self}`",
    note = "write a closure that takes the error: `fallback = |error| ..`,\nor, to await something in a function that is `async` itself, `fallback = async |error| ..`"
)]
pub trait Fallback<E, R, How> {
    fn handle(_: Output<R>, error: E, fallback: Self) -> R;
}

#[diagnostic::do_not_recommend]
impl<F: FnOnce(E) -> R, E, R> Fallback<E, R, Met> for F {
    #[inline(always)]
    fn handle(_: Output<R>, error: E, fallback: Self) -> R {
        fallback(error)
    }
}

#[diagnostic::do_not_recommend]
impl<F: Impossible, E, R> Fallback<E, R, Unmet> for F {
    fn handle(_: Output<R>, _: E, _: Self) -> R {
        F::never()
    }
}

#[diagnostic::on_unimplemented(
    message = "`rejected` needs a function from `CallNotPermitted` to `{R}`",
    label = "this is `{Self}`",
    note = "write a closure that takes the refusal: `rejected = |refusal| ..`,\nor, to await something in a function that is `async` itself, `rejected = async |refusal| ..`"
)]
pub trait Rejected<R, How> {
    /// The function, if it is one.
    type By;

    /// A closure that calls the function would be another one to compile, and clippy would find fault with what it returns.
    fn by(_: Output<R>, rejected: Self) -> Self::By;
}

#[diagnostic::do_not_recommend]
impl<F: FnOnce(CallNotPermitted) -> R, R> Rejected<R, Met> for F {
    type By = F;

    #[inline(always)]
    fn by(_: Output<R>, rejected: F) -> F {
        rejected
    }
}

#[diagnostic::do_not_recommend]
impl<F: Impossible, R> Rejected<R, Unmet> for F {
    type By = Unmet;

    fn by(_: Output<R>, _: F) -> Unmet {
        F::never()
    }
}

#[diagnostic::on_unimplemented(
    message = "`custom` needs a function from `&{E}` to `bool`",
    label = "this is `{Self}`",
    note = "write a closure that takes the error: `custom(|error| ..)`"
)]
pub trait Custom<E: ?Sized, How> {
    fn claims(error: &E, custom: Self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<F: FnOnce(&E) -> bool, E: ?Sized> Custom<E, Met> for F {
    #[inline(always)]
    fn claims(error: &E, custom: Self) -> bool {
        custom(error)
    }
}

#[diagnostic::do_not_recommend]
impl<F: Impossible, E: ?Sized> Custom<E, Unmet> for F {
    fn claims(_: &E, _: Self) -> bool {
        F::never()
    }
}

#[diagnostic::on_unimplemented(
    message = "`from_error` needs a function from `&{E}` to `Option<Duration>`",
    label = "this is `{Self}`",
    note = "write a closure that takes the error: `from_error(|error| ..)`"
)]
pub trait FromError<E: ?Sized, How> {
    fn requests(error: &E, request: Self) -> Option<Duration>;
}

#[diagnostic::do_not_recommend]
impl<F: FnOnce(&E) -> Option<Duration>, E: ?Sized> FromError<E, Met> for F {
    #[inline(always)]
    fn requests(error: &E, request: Self) -> Option<Duration> {
        request(error)
    }
}

#[diagnostic::do_not_recommend]
impl<F: Impossible, E: ?Sized> FromError<E, Unmet> for F {
    fn requests(_: &E, _: Self) -> Option<Duration> {
        F::never()
    }
}

#[diagnostic::on_unimplemented(
    message = "this closure is called with `{Self}`, and takes `{T}`",
    label = "leave the type out, or write `{Self}`"
)]
#[doc(hidden)]
pub trait Taken<T, How> {
    fn taken(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T> Taken<T, Met> for T {
    #[inline(always)]
    fn taken(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, O: Impossible> Taken<T, Unmet> for O {
    fn taken(self) -> T {
        O::never()
    }
}

#[diagnostic::on_unimplemented(
    message = "this closure is to return `{T}`, and returns `{Self}`",
    label = "leave the type out, or write `{T}`"
)]
#[doc(hidden)]
pub trait Given<T, How> {
    fn given(self, _: Output<T>) -> T;
}

#[diagnostic::do_not_recommend]
impl<T> Given<T, Met> for T {
    #[inline(always)]
    fn given(self, _: Output<T>) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, O: Impossible> Given<T, Unmet> for O {
    fn given(self, _: Output<T>) -> T {
        O::never()
    }
}
