//! An admitted call of a service.

use core::task::Poll;

use super::waiting;
use crate::handle::call::Call;
use crate::handle::owned_call::OwnedCall;
use crate::state::{Outcome, State};

/// An admitted call of a service. Dropped without an outcome, it was given up, even if the thread is panicking: that panic comes from
/// elsewhere.
pub struct GuardedCall {
    /// There is one until the end.
    call: Option<OwnedCall>,
    /// Whether services may wait for its slot.
    wakes: bool,
}

impl GuardedCall {
    #[inline]
    pub(super) fn new(call: OwnedCall, waits: bool) -> Self {
        let wakes = waits && call.state() == State::HalfOpen;
        Self { call: Some(call), wakes }
    }

    /// Polls the call's future, or a part of its response. If that panics, the call is over.
    #[inline]
    pub(super) fn poll<T>(&mut self, poll: impl FnOnce(&mut Call<'_>) -> Poll<T>) -> Poll<T> {
        self.call.as_mut().map_or(Poll::Pending, |call| call.run(poll))
    }

    #[inline]
    pub(super) fn record(mut self, outcome: Outcome) {
        self.end(|call| call.record(outcome));
    }

    #[inline]
    fn end(&mut self, end: impl FnOnce(OwnedCall)) {
        let Some(call) = self.call.take() else { return };
        if self.wakes {
            let breaker = call.breaker().clone();
            end(call);
            waiting::wake(breaker.name());
        } else {
            end(call);
        }
    }
}

impl Drop for GuardedCall {
    #[inline]
    fn drop(&mut self) {
        self.end(OwnedCall::cancel);
    }
}
