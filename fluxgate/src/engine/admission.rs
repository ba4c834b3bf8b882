//! Which calls are admitted.

use std::time::Duration;

use super::answer::{Admission, Answer};
use super::breaker::Breaker;
use super::verdict::{judge, needs_time};
use super::word::StateWord;
use super::{half_open, manual, nesting, open};
use crate::clock::NEVER;
use crate::events::audience;
use crate::events::event::RefusedCall;
use crate::state::State;

/// Admits or refuses a call, depending on the state.
#[inline(never)]
pub(crate) fn admit(breaker: &Breaker, mut word: StateWord) -> Admission {
    let mut due = None;
    loop {
        let answer = if word.is_changing() {
            await_change(breaker)
        } else {
            match word.state() {
                State::Closed | State::MetricsOnly | State::Disabled => {
                    if word.is_tracked() {
                        track(breaker, word)
                    } else {
                        Answer::Admitted
                    }
                }
                State::ForcedOpen => Answer::Refused(NEVER),
                State::Open => open::admit(breaker, word),
                State::HalfOpen => half_open::admit(breaker, word, due.take()),
            }
        };
        match answer {
            Answer::Admitted | Answer::AdmittedAt(_) | Answer::Within => {
                let start = match answer {
                    Answer::AdmittedAt(start) => start,
                    _ if !word.is_timed() => 0,
                    _ => breaker.now(),
                };
                let word = if let Answer::Within = answer { word.within() } else { word };
                #[cfg(feature = "chaos")]
                if word.is_faulty() {
                    return super::fault::strike(breaker, word, start);
                }
                return Admission::admitted(word, start);
            }
            Answer::Inner => return Admission::admitted(word.inner(), 0),
            Answer::Refused(left) => {
                refuse(breaker, word, word.state(), left);
                return Admission::refused(word, left);
            }
            Answer::Due(now) => due = Some(now),
            Answer::LookAgain => {}
        }
        word = breaker.word();
    }
}

/// Admits a call of a breaker that tracks running calls, and judges them. Even if that opens the breaker, this call still runs, as
/// does every call made while the breaker is closed.
#[inline(never)]
fn track(breaker: &Breaker, word: StateWord) -> Answer {
    if nesting::contains(breaker, word) {
        return Answer::Within;
    }
    let now = if needs_time(word) { breaker.now() } else { 0 };
    let mut guard = breaker.lock();
    if guard.word != word {
        return Answer::LookAgain;
    }
    manual::notice_end(&mut guard, now);
    guard.begin_call(now);
    judge(guard, now);
    Answer::AdmittedAt(now)
}

/// Counts a call refused under `word`, and tells the audience that it was refused in `state`.
#[inline]
pub(crate) fn refuse(breaker: &Breaker, word: StateWord, state: State, left: u64) {
    if !breaker.stripes().count(word.refusals()) {
        count_refusal(breaker, word);
    }
    if audience::hears_refusals() {
        announce_refusal(breaker, word, state, left);
    }
}

/// Counts a call refused under `word`: in that state, if it still lasts and refuses calls, and then lets the next ones be counted
/// without the lock; otherwise only in the total.
#[inline(never)]
fn count_refusal(breaker: &Breaker, word: StateWord) {
    let mut guard = breaker.lock();
    if guard.word == word && matches!(word.state(), State::Open | State::HalfOpen | State::ForcedOpen) {
        guard.collect();
        guard.rejected += 1;
        // Under the breaker's word: the call's may be an older version of it.
        let refusals = guard.word.refusals();
        guard.grants.open_to_others(breaker.stripes(), refusals, u64::MAX);
    } else {
        guard.counts.refused += 1;
    }
}

/// Tells the audience of a refusal.
#[cold]
#[inline(never)]
fn announce_refusal(breaker: &Breaker, word: StateWord, state: State, left: u64) {
    audience::tell_refusal(breaker.audience(), || {
        let (settings, figures) = (breaker.settings(), breaker.figures(word));
        RefusedCall {
            breaker: breaker.name().clone(),
            generation: word.generation(),
            at: Duration::from_nanos(breaker.now()),
            state,
            retry_after: (left != NEVER).then_some(Duration::from_nanos(left)),
            cause: figures.cause(settings.rule.nodes()),
        }
    });
}

/// Changes are made under the lock, so this one is complete once the lock can be taken.
#[cold]
#[inline(never)]
fn await_change(breaker: &Breaker) -> Answer {
    drop(breaker.lock());
    Answer::LookAgain
}
