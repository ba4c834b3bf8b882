//! The layer, with all its settings.

use core::future::Future;
use std::time::Duration;

use super::classify::Errors;
use super::follow::UntilResponse;
use super::reject::Wrap;
use super::select::Single;
use super::waiting::Sleep;
use crate::handle::circuit_breaker::CircuitBreaker;
use crate::handle::error::CallNotPermitted;
use crate::state::Outcome;

/// Guards services with a breaker: see the [module](self::super).
///
/// `B` decides [which breaker](super::Select) guards a call, `M` its outcome and how long it lasts, `R` what a [refused
/// call](super::Reject) returns.
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is given a service"]
pub struct CircuitBreakerLayer<B = CircuitBreaker, M = UntilResponse, R = Wrap> {
    pub(super) breakers: B,
    pub(super) mode: M,
    pub(super) rejection: R,
    pub(super) sleep: Option<Sleep>,
}

impl<B> CircuitBreakerLayer<B> {
    /// Every `Err` is a failure, unless [`classify`](Self::classify) decides otherwise. `breakers` is a breaker, a reference to a breaker
    /// in a `static`, or a closure that finds a breaker for a request. For HTTP services, use `http` or `grpc`: here, a response is a
    /// success, whatever its status.
    pub fn new(breakers: B) -> Self {
        Self::with_mode(breakers, UntilResponse(Errors))
    }
}

impl<B, M> CircuitBreakerLayer<B, M> {
    pub(super) fn with_mode(breakers: B, mode: M) -> Self {
        Self { breakers, mode, rejection: Wrap, sleep: None }
    }
}

impl<B, C, R> CircuitBreakerLayer<B, UntilResponse<C>, R> {
    /// Sets what a result says about the dependency. Only `http` looks for a `Retry-After` as well.
    pub fn classify<F, T, E>(self, classifier: F) -> CircuitBreakerLayer<B, UntilResponse<F>, R>
    where
        F: Fn(&Result<T, E>) -> Outcome,
    {
        self.in_mode(|_| UntilResponse(classifier))
    }
}

impl<B, M, R> CircuitBreakerLayer<B, M, R> {
    pub(super) fn in_mode<N>(self, mode: impl FnOnce(M) -> N) -> CircuitBreakerLayer<B, N, R> {
        let Self { breakers, mode: before, rejection, sleep } = self;
        CircuitBreakerLayer { breakers, mode: mode(before), rejection, sleep }
    }

    /// Sets what a refused call returns: a response, or an error of the service's own type, which is then also the error type of the guarded
    /// service. `|refusal| Err(refusal.into())` works where errors are boxed, as in most services of `tower`.
    pub fn rejected<F, T, E>(self, rejected: F) -> CircuitBreakerLayer<B, M, F>
    where
        F: Fn(CallNotPermitted) -> Result<T, E>,
    {
        let Self { breakers, mode, sleep, .. } = self;
        CircuitBreakerLayer { breakers, mode, rejection: rejected, sleep }
    }

    /// For load balancers: while the breaker refuses, the service is not ready, instead of returning errors. It becomes ready when the
    /// pause is over, when a command changes the state, and when there is room for another call of a trial; after a call that a ramp or a
    /// permit has refused, when the refusal's `retry_after` has passed. `sleep` is how to wait, `tokio::time::sleep` for example. There must
    /// be one breaker for all requests: a closure would need a request, and a service is ready before it has one.
    ///
    /// A call may still be refused, since several services can be ready for the same slot.
    pub fn pending_while_open<F, S>(mut self, sleep: F) -> Self
    where
        F: Fn(Duration) -> S + Send + Sync + 'static,
        S: Future<Output = ()> + Send + 'static,
        B: Single,
    {
        self.sleep = Some(Sleep::new(sleep));
        self
    }
}
