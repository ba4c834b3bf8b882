//! Whether the next call has a chance to be admitted.

use super::breaker::Breaker;
use super::locked::Period;
use crate::clock::NEVER;
use crate::retry;
use crate::state::State;
use crate::sync::Ordering;

/// When the next call has a chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Readiness {
    Now,
    /// In so many nanoseconds. What a trial has room for is not known before.
    In(u64),
    /// After a command.
    Never,
}

/// Changes nothing.
pub(crate) fn readiness(breaker: &Breaker) -> Readiness {
    let now = breaker.now();
    let guard = breaker.lock();
    match guard.word.state() {
        State::Closed | State::MetricsOnly | State::Disabled => Readiness::Now,
        State::ForcedOpen => Readiness::Never,
        State::Open => match breaker.deadline.load(Ordering::Relaxed) {
            NEVER => Readiness::Never,
            deadline if now >= deadline => Readiness::Now,
            deadline => Readiness::In(deadline - now),
        },
        State::HalfOpen => match &guard.period {
            Period::Trial(trial) if !trial.has_room(breaker.settings().max_half_open_calls, now) => {
                Readiness::In(retry::soon(guard.reopens.open_for(), breaker.draw(now)))
            }
            _ => Readiness::Now,
        },
    }
}
