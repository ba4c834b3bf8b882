//! gRPC calls, which last until their status comes.

use http::Response;
use http_body::Body;

use super::follow::{Follow, Followed};
use super::grpc_status::{status, without_status};
use super::response_body::{GuardedBody, OutcomeSource};
use crate::handle::guarded_call::GuardedCall;
use crate::state::Outcome;

/// With the feature `tower-http`: a call lasts until its gRPC status comes, which decides the outcome.
#[derive(Clone, Copy, Default, Debug)]
pub struct Grpc;

impl<Request> Follow<Request> for Grpc {
    type Followed = Self;

    fn follow(&self, _: &Request) -> Self {
        Self
    }
}

impl<B: Body, E> Followed<Response<B>, E> for Grpc {
    type Response = Response<GuardedBody<B>>;

    fn respond(self, call: GuardedCall, result: Result<Response<B>, E>) -> Result<Self::Response, E> {
        let known = match &result {
            // A response without messages may have its status among the headers.
            Ok(response) => status(response.headers()).or_else(|| without_status(response.status())),
            Err(_) => Some(Outcome::Failure),
        };
        let Some(outcome) = known else {
            return result.map(|response| {
                response.map(|body| GuardedBody::watched(body, call, OutcomeSource::Trailers))
            });
        };
        call.record(outcome);
        result.map(<Self as Followed<Response<B>, E>>::unwatched)
    }

    fn unwatched(response: Response<B>) -> Self::Response {
        response.map(GuardedBody::unwatched)
    }
}
