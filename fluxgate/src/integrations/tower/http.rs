//! HTTP calls: statuses, and bodies that are part of a call.

use std::time::Duration;

use http::Response;
use http_body::Body;

use super::classify::{Classify, outcome, record};
use super::follow::{Follow, Followed, UntilResponse};
use super::grpc::Grpc;
use super::layer::CircuitBreakerLayer;
use super::response_body::{GuardedBody, OutcomeSource};
use crate::handle::guarded_call::GuardedCall;
use crate::integrations::http::retry_after;
use crate::state::Outcome;

/// With the feature `tower-http`: every `Err` is a failure, and every response with a 5xx status. A server that answers anything else is
/// alive. If the failure that opens the breaker has a `Retry-After`, that is the pause.
#[derive(Clone, Copy, Default, Debug)]
pub struct ServerErrors;

impl<B, E> Classify<Response<B>, E> for ServerErrors {
    #[inline]
    fn classify(&self, result: &Result<Response<B>, E>) -> Outcome {
        match result {
            Ok(response) if !response.status().is_server_error() => Outcome::Success,
            _ => Outcome::Failure,
        }
    }

    fn pause(&self, result: &Result<Response<B>, E>) -> Option<Duration> {
        retry_after(result.as_ref().ok()?.headers())
    }
}

impl<B> CircuitBreakerLayer<B, UntilResponse<ServerErrors>> {
    /// With the feature `tower-http`, for HTTP: every `Err` is a failure, and every response with a 5xx status. If the failure that opens
    /// the breaker has a `Retry-After`, that is the pause.
    pub fn http(breakers: B) -> Self {
        Self::with_mode(breakers, UntilResponse(ServerErrors))
    }
}

impl<B> CircuitBreakerLayer<B, Grpc> {
    /// With the feature `tower-http`, for gRPC: every `Err` is a failure, and every status of a server that failed: `UNKNOWN`, `INTERNAL`,
    /// `DATA_LOSS`, `UNAVAILABLE`, `UNIMPLEMENTED`, `DEADLINE_EXCEEDED` and `CANCELLED`. The status usually comes after the messages, in the
    /// trailers, so a call lasts until then, and the call of a stream as long as the stream.
    pub fn grpc(breakers: B) -> Self {
        Self::with_mode(breakers, Grpc)
    }
}

impl<B, C, R> CircuitBreakerLayer<B, UntilResponse<C>, R> {
    /// With the feature `tower-http`: for requests for which `is_asked` returns `true`, a call lasts until the end of the response's body.
    /// A body that fails makes the call a failure, one that is dropped before its end is a cancelled call, and one that does not end keeps
    /// its slot in a trial. A response that fails or is ignored because of its status ends the call at once.
    pub fn through_body<Request, P>(self, is_asked: P) -> CircuitBreakerLayer<B, ThroughBody<C, P>, R>
    where
        P: Fn(&Request) -> bool,
    {
        self.in_mode(|UntilResponse(classifier)| ThroughBody { classifier, is_asked })
    }
}

/// With the feature `tower-http`: a call lasts until the end of the response's body, if its request asks for that.
#[derive(Clone, Copy, Debug)]
pub struct ThroughBody<C, P> {
    classifier: C,
    is_asked: P,
}

impl<Request, C: Clone, P: Fn(&Request) -> bool> Follow<Request> for ThroughBody<C, P> {
    type Followed = ThroughBody<C, bool>;

    fn follow(&self, request: &Request) -> ThroughBody<C, bool> {
        ThroughBody { classifier: self.classifier.clone(), is_asked: (self.is_asked)(request) }
    }
}

impl<B: Body, E, C: Classify<Response<B>, E>> Followed<Response<B>, E> for ThroughBody<C, bool> {
    type Response = Response<GuardedBody<B>>;

    fn respond(self, call: GuardedCall, result: Result<Response<B>, E>) -> Result<Self::Response, E> {
        let outcome = outcome(&self.classifier, &result);
        match result {
            Ok(response) if self.is_asked && outcome == Outcome::Success => {
                Ok(response.map(|body| GuardedBody::watched(body, call, OutcomeSource::Known(outcome))))
            }
            result => {
                record(call, outcome, &self.classifier, &result);
                result.map(Self::unwatched)
            }
        }
    }

    fn unwatched(response: Response<B>) -> Self::Response {
        response.map(GuardedBody::unwatched)
    }
}
