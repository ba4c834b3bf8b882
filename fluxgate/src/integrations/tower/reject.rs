//! What a refused call returns.

use crate::handle::error::{CallNotPermitted, Error};

/// Decides what a refused call returns, and the type of errors: [`Wrap`], or a closure `Fn(CallNotPermitted) -> Result<Response, Error>`.
pub trait Reject<Response, E> {
    /// The error of the guarded service.
    type Error;

    /// An error of the service itself.
    fn inner(error: E) -> Self::Error;

    /// The result of a call that was refused.
    fn reject(&self, refusal: CallNotPermitted) -> Result<Response, Self::Error>;
}

/// Errors are [`fluxgate::Error`](crate::Error): the service's own, or the refusal.
#[derive(Clone, Copy, Default, Debug)]
pub struct Wrap;

impl<Response, E> Reject<Response, E> for Wrap {
    type Error = Error<E>;

    #[inline]
    fn inner(error: E) -> Error<E> {
        Error::Inner(error)
    }

    fn reject(&self, refusal: CallNotPermitted) -> Result<Response, Error<E>> {
        Err(Error::NotPermitted(refusal))
    }
}

impl<Response, E, F: Fn(CallNotPermitted) -> Result<Response, E>> Reject<Response, E> for F {
    type Error = E;

    #[inline]
    fn inner(error: E) -> E {
        error
    }

    fn reject(&self, refusal: CallNotPermitted) -> Result<Response, E> {
        self(refusal)
    }
}
