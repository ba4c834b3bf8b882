//! Whether a call has a chance, before it is made.

use std::time::Duration;

use super::circuit_breaker::CircuitBreaker;
use super::error::CallNotPermitted;
use super::isolation::resolve;
use super::refusal::Refusal;
use crate::engine::breaker::Breaker;
use crate::engine::readiness::{refused_for, waiter};
use crate::engine::{admission, open};
use crate::events::waiters::Waiter;
use crate::state::{Outcome, State};

impl CircuitBreaker {
    /// The refusal that a call would get now; `None` if it has a chance. Changes and counts nothing.
    #[inline]
    pub(crate) fn refusal(&self) -> Option<CallNotPermitted> {
        let breaker = resolve(self.breaker());
        match breaker.word().state() {
            State::Closed | State::MetricsOnly | State::Disabled => None,
            State::Open | State::HalfOpen | State::ForcedOpen => refusal(breaker),
        }
    }

    /// A task that is woken when the [`refusal`](Self::refusal) may have changed.
    pub(crate) fn waiter(&self) -> Waiter {
        waiter(resolve(self.breaker()))
    }

    /// The generation of a breaker that is half-open.
    pub(crate) fn half_open_generation(&self) -> Option<u64> {
        let word = resolve(self.breaker()).word();
        (word.state() == State::HalfOpen).then(|| word.generation())
    }

    /// The time of the breaker's clock, for [`record_since`](Self::record_since).
    pub(crate) fn now(&self) -> Duration {
        Duration::from_nanos(resolve(self.breaker()).now())
    }

    /// Refuses a call that had no chance when it was refused `before`. Even if it has one by now, it takes no slot and begins no trial, and
    /// may be tried again at once.
    #[cold]
    pub(crate) fn refuse(&self, before: CallNotPermitted) -> CallNotPermitted {
        let breaker = resolve(self.breaker());
        if let Some((word, left)) = refused_for(breaker) {
            admission::refuse(breaker, word, word.state(), left);
            return Refusal { breaker, word, left }.into_error(|refusal| refusal);
        }
        let refusal = CallNotPermitted { left: 0, ..before };
        admission::refuse(breaker, breaker.word(), refusal.state(), refusal.left);
        refusal
    }

    /// Records an outcome of something that began at `start` and was not a call. If it failed, and the breaker's pause is over, this was the
    /// attempt.
    pub(crate) fn record_since(&self, start: Duration, outcome: Outcome) {
        if outcome == Outcome::Failure {
            open::end_if_over(resolve(self.breaker()));
        }
        self.record(outcome, self.now().saturating_sub(start));
    }

    /// What a panic counts as.
    pub(crate) fn outcome_of_panic(&self) -> Outcome {
        resolve(self.breaker()).settings().on_panic
    }
}

#[cold]
#[inline(never)]
fn refusal(breaker: &Breaker) -> Option<CallNotPermitted> {
    let (word, left) = refused_for(breaker)?;
    Some(Refusal { breaker, word, left }.into_error(|refusal| refusal))
}
