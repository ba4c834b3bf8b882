//! What the readiness of an inner service says about the dependency.

use core::mem;
use core::task::Poll;
use std::time::Duration;

use crate::handle::circuit_breaker::CircuitBreaker;
use crate::state::Outcome;

/// The question whether an inner service is ready. If it is dropped without an answer, the service panicked.
pub(super) struct Question<'a> {
    breaker: Option<&'a CircuitBreaker>,
    /// Since when the inner service has not been ready, by the breaker's clock.
    unready_since: &'a mut Option<Duration>,
}

impl<'a> Question<'a> {
    /// A question about a service that `breaker` guards, if there is one for all requests.
    #[inline]
    pub(super) fn new(breaker: Option<&'a CircuitBreaker>, unready_since: &'a mut Option<Duration>) -> Self {
        Self { breaker, unready_since }
    }

    #[inline]
    pub(super) fn answer<E>(mut self, answer: &Poll<Result<(), E>>) {
        match answer {
            Poll::Ready(Ok(())) => *self.unready_since = None,
            Poll::Ready(Err(_)) => self.end(|_| Outcome::Failure),
            Poll::Pending => {
                if self.unready_since.is_none() {
                    *self.unready_since = self.breaker.map(CircuitBreaker::now);
                }
            }
        }
        mem::forget(self);
    }

    #[cold]
    fn end(&mut self, outcome: impl FnOnce(&CircuitBreaker) -> Outcome) {
        if let Some(breaker) = self.breaker {
            let since = self.unready_since.take().unwrap_or_else(|| breaker.now());
            breaker.record_since(since, outcome(breaker));
        }
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.end(CircuitBreaker::outcome_of_panic);
    }
}
