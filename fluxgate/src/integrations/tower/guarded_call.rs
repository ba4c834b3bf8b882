//! An admitted call of a service.

use super::waiting;
use crate::handle::owned_call::OwnedCall;
use crate::state::{Outcome, State};

/// An admitted call of a service. Dropped without an outcome, it was given up, even if the thread is panicking: that panic comes from
/// elsewhere.
pub struct GuardedCall {
    /// `None` once it is over.
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

    /// Runs a part of the call's body, on this thread. If it panics, the call is over.
    #[inline]
    pub(super) fn run<T>(&mut self, part: impl FnOnce() -> T) -> T {
        match &mut self.call {
            Some(call) => call.run(part),
            None => part(),
        }
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
