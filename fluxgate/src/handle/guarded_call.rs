//! An admitted call whose body is polled.

use core::task::Poll;
use std::time::Duration;

use super::call::Call;
use super::circuit_breaker::CircuitBreaker;
use super::error::CallNotPermitted;
use super::owned_call::OwnedCall;
use crate::state::Outcome;

/// An admitted call whose body is polled. Dropped without an outcome, it was cancelled, even if the thread is panicking: that panic comes
/// from elsewhere.
///
/// Though hidden, it has to stay compatible: `fluxgate-reqwest-middleware` uses it, and takes any `fluxgate` that Cargo calls compatible.
pub struct GuardedCall {
    /// `None` once the call is over.
    call: Option<OwnedCall>,
}

impl GuardedCall {
    /// Asks the breaker to admit a call whose body begins on this thread: `body` runs the part of it that runs now.
    #[inline]
    pub fn begin<T>(
        breaker: CircuitBreaker,
        body: impl FnOnce() -> T,
    ) -> Result<(Self, T), CallNotPermitted> {
        OwnedCall::begin(breaker, body).map(|(call, begun)| (Self::new(call), begun))
    }

    #[inline]
    pub(crate) fn new(call: OwnedCall) -> Self {
        Self { call: Some(call) }
    }

    /// Polls the call's future, or a part of its response. Calls of the same breaker within the poll are part of this call. If the poll
    /// panics, the call is over.
    #[inline]
    pub fn poll<T>(&mut self, poll: impl FnOnce(&mut Call<'_>) -> Poll<T>) -> Poll<T> {
        self.call.as_mut().map_or(Poll::Pending, |call| call.run(poll))
    }

    /// See [`OwnedCall::record`].
    #[inline]
    pub fn record(mut self, outcome: Outcome) {
        if let Some(call) = self.call.take() {
            call.record(outcome);
        }
    }

    /// See [`OwnedCall::failure_for`].
    pub fn failure_for(mut self, pause: Duration) {
        if let Some(call) = self.call.take() {
            call.failure_for(pause);
        }
    }
}

impl Drop for GuardedCall {
    #[inline]
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            call.cancel();
        }
    }
}
