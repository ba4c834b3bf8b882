//! An admitted call of a service.

use core::task::Poll;
use std::time::Duration;

use crate::handle::call::Call;
use crate::handle::owned_call::OwnedCall;
use crate::state::Outcome;

/// An admitted call of a service. Dropped without an outcome, it was cancelled, even if the thread is panicking: that panic comes from
/// elsewhere.
pub struct GuardedCall {
    /// `None` once the call is over.
    call: Option<OwnedCall>,
}

impl GuardedCall {
    #[inline]
    pub(super) fn new(call: OwnedCall) -> Self {
        Self { call: Some(call) }
    }

    /// Polls the call's future, or a part of its response. If that panics, the call is over.
    #[inline]
    pub(super) fn poll<T>(&mut self, poll: impl FnOnce(&mut Call<'_>) -> Poll<T>) -> Poll<T> {
        self.call.as_mut().map_or(Poll::Pending, |call| call.run(poll))
    }

    #[inline]
    pub(super) fn record(mut self, outcome: Outcome) {
        if let Some(call) = self.call.take() {
            call.record(outcome);
        }
    }

    pub(super) fn failure_for(mut self, pause: Duration) {
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
