//! The body of a response, which is part of a call.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::grpc_status::status;
use crate::handle::guarded_call::GuardedCall;
use crate::state::Outcome;

pin_project! {
    /// With the feature `tower-http`: the body of a response, whose end is the end of a call; otherwise like the inner body.
    pub struct GuardedBody<B> {
        #[pin]
        body: B,
        // `None` once the call is over.
        watched: Option<(GuardedCall, OutcomeSource)>,
    }
}

/// What decides the outcome of a body that ends.
#[derive(Clone, Copy)]
pub(super) enum OutcomeSource {
    Known(Outcome),
    /// The gRPC status, which comes in the trailers.
    Trailers,
}

impl OutcomeSource {
    /// The outcome of a body with these trailers, if there are any.
    fn at_end(self, trailers: Option<&HeaderMap>) -> Outcome {
        match self {
            Self::Known(outcome) => outcome,
            // A missing status counts as UNKNOWN.
            Self::Trailers => trailers.and_then(status).unwrap_or(Outcome::Failure),
        }
    }
}

impl<B> GuardedBody<B> {
    pub(super) fn unwatched(body: B) -> Self {
        Self { body, watched: None }
    }

    /// The inner body, unguarded: if the call is not over, it counts as cancelled.
    pub fn into_inner(self) -> B {
        self.body
    }
}

impl<B: Body> GuardedBody<B> {
    pub(super) fn watched(body: B, call: GuardedCall, source: OutcomeSource) -> Self {
        if body.is_end_stream() {
            call.record(source.at_end(None));
            return Self::unwatched(body);
        }
        Self { body, watched: Some((call, source)) }
    }
}

impl<B: Body> Body for GuardedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let Some((mut call, source)) = this.watched.take() else { return this.body.poll_frame(context) };
        let polled = call.poll(|_| this.body.as_mut().poll_frame(context));
        let outcome = match &polled {
            Poll::Pending => None,
            Poll::Ready(None) => Some(source.at_end(None)),
            Poll::Ready(Some(Err(_))) => Some(Outcome::Failure),
            Poll::Ready(Some(Ok(frame))) => match frame.trailers_ref() {
                Some(trailers) => Some(source.at_end(Some(trailers))),
                // A reader that knows that this was the last frame need not ask for another.
                None => this.body.is_end_stream().then(|| source.at_end(None)),
            },
        };
        match outcome {
            Some(outcome) => call.record(outcome),
            None => *this.watched = Some((call, source)),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: fmt::Debug> fmt::Debug for GuardedBody<B> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("GuardedBody").field("body", &self.body).finish_non_exhaustive()
    }
}
