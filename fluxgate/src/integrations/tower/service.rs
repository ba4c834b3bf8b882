//! The guarded service.

use core::fmt;
use core::task::{Context, Poll, Waker};
use std::time::Duration;

use tower_layer::Layer;
use tower_service::Service;

use super::follow::{Follow, Followed, UntilResponse};
use super::future::ResponseFuture;
use super::layer::CircuitBreakerLayer;
use super::readiness::Question;
use super::reject::{Reject, Wrap};
use super::select::Select;
use super::waiting::Waiting;
use crate::handle::circuit_breaker::CircuitBreaker;
use crate::handle::error::CallNotPermitted;
use crate::handle::guarded_call::GuardedCall;
use crate::handle::owned_call::OwnedCall;

/// A service whose calls a breaker admits or refuses; made by a [`CircuitBreakerLayer`].
///
/// While the breaker refuses, the service is ready, and does not wait for the inner service: a call is refused at once. So it takes no slot
/// between `poll_ready` and `call`, and a service that is cloned and never called holds nothing. If there is one breaker for all requests, an
/// error from the inner `poll_ready` is a failure, and a panic counts as `on_panic` specifies.
pub struct CircuitBreakerService<S, B = CircuitBreaker, M = UntilResponse, R = Wrap> {
    inner: S,
    layer: CircuitBreakerLayer<B, M, R>,
    /// The refusal because of which it is ready, though the inner service may not be. By the time of the call, it may be out of date.
    refusal: Option<CallNotPermitted>,
    waiting: Option<Waiting>,
    /// Since when the inner service has not been ready, by the breaker's clock.
    unready_since: Option<Duration>,
}

impl<S, B: Clone, M: Clone, R: Clone> Layer<S> for CircuitBreakerLayer<B, M, R> {
    type Service = CircuitBreakerService<S, B, M, R>;

    fn layer(&self, inner: S) -> Self::Service {
        CircuitBreakerService::new(inner, self.clone())
    }
}

impl<S, B, M, R> CircuitBreakerService<S, B, M, R> {
    pub(super) fn new(inner: S, layer: CircuitBreakerLayer<B, M, R>) -> Self {
        let waiting = layer.sleep.clone().map(Waiting::new);
        Self { inner, layer, refusal: None, waiting, unready_since: None }
    }

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service. Calls to it are not guarded.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, B, M, R, Request> Service<Request> for CircuitBreakerService<S, B, M, R>
where
    S: Service<Request>,
    B: Select<Request>,
    M: Follow<Request>,
    M::Followed: Followed<S::Response, S::Error>,
    R: Reject<S::Response, S::Error> + Clone,
{
    type Response = <M::Followed as Followed<S::Response, S::Error>>::Response;
    type Error = R::Error;
    type Future = ResponseFuture<S::Future, M::Followed, R>;

    #[inline]
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), R::Error>> {
        let only = self.layer.breakers.only();
        if let Some(breaker) = only {
            // While the breaker refuses, nobody waits for the inner service.
            if let Some(waiting) = &mut self.waiting
                && waiting.poll(breaker, context).is_pending()
            {
                self.unready_since = None;
                return Poll::Pending;
            }
            self.refusal = breaker.refusal();
            if self.refusal.is_some() {
                self.unready_since = None;
                return Poll::Ready(Ok(()));
            }
        }
        let question = Question::new(only, &mut self.unready_since);
        let answer = self.inner.poll_ready(context);
        question.answer(&answer);
        answer.map_err(R::inner)
    }

    #[inline]
    fn call(&mut self, request: Request) -> Self::Future {
        let Self { inner, layer, refusal, waiting, unready_since } = self;
        let breaker = layer.breakers.breaker_for(&request);
        if refusal.is_some() {
            ask_again::<_, Request>(refusal, inner, layer.breakers.only(), unready_since);
        }
        let admitted = if let Some(before) = refusal.take() {
            Err(breaker.refuse(before))
        } else {
            let followed = layer.mode.follow(&request);
            OwnedCall::begin(breaker, || inner.call(request)).map(|begun| (begun, followed))
        };
        match admitted {
            Ok(((call, future), followed)) => {
                ResponseFuture::admitted(GuardedCall::new(call), future, followed)
            }
            Err(refusal) => {
                if let Some(waiting) = waiting {
                    waiting.refused(&refusal);
                }
                ResponseFuture::refused(refusal, layer.rejection.clone())
            }
        }
    }
}

/// Withdraws the refusal if the breaker no longer refuses, and the inner service, which was not asked before, is ready. Whoever keeps a
/// service ready until it has a request for it, as `Steer` does, may call it long after.
#[cold]
#[inline(never)]
fn ask_again<S: Service<Request>, Request>(
    refusal: &mut Option<CallNotPermitted>,
    inner: &mut S,
    breaker: Option<&CircuitBreaker>,
    unready_since: &mut Option<Duration>,
) {
    if breaker.is_some_and(|breaker| breaker.refusal().is_some()) {
        return;
    }
    let question = Question::new(breaker, unready_since);
    // Nobody waits for it: if it is not ready, the call is refused.
    let answer = inner.poll_ready(&mut Context::from_waker(Waker::noop()));
    question.answer(&answer);
    if matches!(answer, Poll::Ready(Ok(()))) {
        *refusal = None;
    }
}

impl<S: Clone, B: Clone, M: Clone, R: Clone> Clone for CircuitBreakerService<S, B, M, R> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.layer.clone())
    }
}

impl<S: fmt::Debug, B: fmt::Debug, M, R> fmt::Debug for CircuitBreakerService<S, B, M, R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CircuitBreakerService")
            .field("inner", &self.inner)
            .field("breakers", &self.layer.breakers)
            .finish_non_exhaustive()
    }
}
