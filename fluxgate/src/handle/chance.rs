//! What may be known of a call before it is made.

use std::time::Duration;

use super::circuit_breaker::CircuitBreaker;
use super::error::CallNotPermitted;
use super::isolation::resolve;
use super::refusal::Refusal;
use crate::engine::breaker::Breaker;
use crate::engine::readiness::{place, refused_for};
use crate::events::waiters::Place;
use crate::state::{Outcome, State};

impl CircuitBreaker {
    /// The refusal of a call that is made now, unless it has a chance. Changes and counts nothing.
    #[inline]
    pub(crate) fn refusal(&self) -> Option<CallNotPermitted> {
        let breaker = resolve(self.breaker());
        match breaker.word().state() {
            State::Closed | State::MetricsOnly | State::Disabled => None,
            State::Open | State::HalfOpen | State::ForcedOpen => refusal(breaker),
        }
    }

    /// A place among the tasks that are woken when that may be otherwise.
    pub(crate) fn place(&self) -> Place {
        place(resolve(self.breaker()))
    }

    /// The time of the breaker's clock, for [`record_since`](Self::record_since).
    pub(crate) fn now(&self) -> Duration {
        Duration::from_nanos(resolve(self.breaker()).now())
    }

    /// Records the outcome of what began then, and was no call.
    pub(crate) fn record_since(&self, start: Duration, outcome: Outcome) {
        self.record(outcome, self.now().saturating_sub(start));
    }
}

#[cold]
#[inline(never)]
fn refusal(breaker: &Breaker) -> Option<CallNotPermitted> {
    let (word, left) = refused_for(breaker)?;
    Some(Refusal { breaker, word, left }.into_error(|refusal| refusal))
}
