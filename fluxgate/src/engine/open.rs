//! The open state: calls are refused until it is time to try again.

use fluxgate_rules::metrics::nanos;
use fluxgate_rules::{Metrics, Schedule};

use super::answer::Answer;
use super::breaker::{Breaker, Guard};
use super::locked::Period;
use super::transition::{self, Change};
use super::word::StateWord;
use crate::clock::NEVER;
use crate::events::cause::Figures;
use crate::events::transition::Reason;
use crate::retry;
use crate::state::State;
use crate::sync::Ordering;

/// Opens the breaker, for a delay that is drawn once.
pub(super) fn open(mut guard: Guard<'_>, reason: Reason, evidence: Option<(Figures, Metrics)>, now: u64) {
    let breaker = guard.breaker;
    let retry = &breaker.settings().retry;
    let reopens = guard.reopens.next(guard.word.state(), now);
    let random = breaker.draw(now);
    let delay = if let Schedule::Custom { .. } = retry.schedule {
        guard.period = Period::Opening;
        let Some((retaken, delay)) = guard.ask(|| retry::draw(retry, reopens, random)) else { return };
        guard = retaken;
        delay
    } else {
        retry::draw(retry, reopens, random)
    };
    // Where time stands still, no pause ever ends: the breaker stays open until a command.
    let delay = delay.filter(|&delay| delay == 0 || breaker.has_clock());
    guard.reopens.count = reopens;
    transition::perform(guard, Change { delay, evidence, ..Change::to(State::Open, reason, now) });
}

/// Refuses a call, or makes the breaker half-open if it is time.
#[inline]
pub(super) fn admit(breaker: &Breaker, word: StateWord) -> Answer {
    let deadline = breaker.deadline.load(Ordering::Relaxed);
    if !breaker.was_still_in(word) {
        return Answer::LookAgain;
    }
    if deadline == NEVER {
        return Answer::Refused(NEVER);
    }
    let now = breaker.now();
    if now < deadline {
        return Answer::Refused(deadline - now);
    }
    end(breaker, word, now);
    Answer::Due(now)
}

/// Makes the breaker half-open, for as long as the settings allow, unless another call has done so.
#[cold]
#[inline(never)]
fn end(breaker: &Breaker, word: StateWord, now: u64) {
    let guard = breaker.lock();
    if guard.word == word {
        let delay = breaker.settings().half_open_timeout.map(nanos);
        transition::perform(guard, Change { delay, ..Change::to(State::HalfOpen, Reason::RetryDue, now) });
    }
}
