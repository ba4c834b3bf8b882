//! Whether the next call has a chance, without making it.

use super::breaker::Breaker;
use super::word::StateWord;
use super::{half_open, open};
use crate::clock::NEVER;
use crate::events::waiters::Waiter;
use crate::state::State;

/// For how many nanoseconds a call made now would be refused, or [`NEVER`], and under which word. `None` if it has a chance: it
/// would be admitted, or put to the permit. Changes and counts nothing.
pub(crate) fn refused_for(breaker: &Breaker) -> Option<(StateWord, u64)> {
    loop {
        let word = breaker.word();
        if word.is_changing() {
            // The change is complete once the lock can be taken.
            drop(breaker.lock());
            continue;
        }
        let left = match word.state() {
            State::Closed | State::MetricsOnly | State::Disabled => None,
            State::ForcedOpen => Some(NEVER),
            State::Open => open::left(breaker),
            State::HalfOpen => half_open::left(breaker, word),
        };
        if breaker.was_still_in(word) {
            return left.map(|left| (word, left));
        }
    }
}

/// A task that can be woken when the answer may have changed, except by the end of a pause.
pub(crate) fn waiter(breaker: &Breaker) -> Waiter {
    let waiters = breaker.waiters().clone();
    // Whoever changes the breaker after this finds the waiters. A change before it is seen by the task.
    drop(breaker.lock());
    Waiter::among(waiters)
}
