//! How long a call lasts, and what decides its outcome.

use super::classify::{Classify, Errors, outcome, record};
use crate::handle::guarded_call::GuardedCall;

/// How a layer watches its calls, each by a [`Followed`] that this makes.
pub trait Follow<Request> {
    type Followed;

    fn follow(&self, request: &Request) -> Self::Followed;
}

/// Ends a call, or continues to watch it.
pub trait Followed<Response, Error> {
    /// What the guarded service responds with.
    type Response;

    /// The service has responded.
    fn respond(self, call: GuardedCall, result: Result<Response, Error>) -> Result<Self::Response, Error>;

    /// The response of a call that was refused, or is over.
    fn unwatched(response: Response) -> Self::Response;
}

/// A call lasts until there is a response, and its classifier decides the outcome.
#[derive(Clone, Copy, Default, Debug)]
pub struct UntilResponse<C = Errors>(pub(super) C);

impl<Request, C: Clone> Follow<Request> for UntilResponse<C> {
    type Followed = Self;

    #[inline]
    fn follow(&self, _: &Request) -> Self {
        self.clone()
    }
}

impl<Response, Error, C: Classify<Response, Error>> Followed<Response, Error> for UntilResponse<C> {
    type Response = Response;

    #[inline]
    fn respond(self, call: GuardedCall, result: Result<Response, Error>) -> Result<Response, Error> {
        record(call, outcome(&self.0, &result), &self.0, &result);
        result
    }

    #[inline]
    fn unwatched(response: Response) -> Response {
        response
    }
}
