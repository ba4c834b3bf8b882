//! The closed state: every call is admitted, and recorded into the window.

use super::breaker::{Breaker, Guard};
use super::evaluation::{Step, evaluate_now};
use super::window::finished_call::FinishedCall;
use super::window::memory::Memory;
use super::word::StateWord;
use crate::sync::Ordering;

/// Records a call, and evaluates the rule if that could have made it hold.
#[inline]
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> Step {
    let (breaker, word) = (guard.breaker, guard.word);
    let memory = guard.memory();
    memory.reclaim(&breaker.unrecorded);
    let is_worse = memory.record(call, now);
    let step = if is_worse { evaluate_now(breaker, false, &memory.metrics(), None) } else { Step::Pass };
    let passes = matches!(step, Step::Pass);
    grant(breaker, word, memory, passes);
    if passes { Step::Stay } else { step }
}

/// Lets the next successes go unrecorded, as far as they change nothing. `passes`: the rule does not hold.
#[inline]
pub(super) fn grant(breaker: &Breaker, word: StateWord, memory: &mut Memory, passes: bool) {
    if memory.is_moved_by_success() {
        return breaker.healthy.store(StateWord::NONE.0, Ordering::Release);
    }
    let is_saturated = memory.is_saturated();
    let healthy = if is_saturated { word.healthy() } else { StateWord::NONE };
    breaker.healthy.store(healthy.0, Ordering::Release);
    if passes && !is_saturated {
        memory.grant(&breaker.unrecorded, word, breaker.settings().rule.nodes());
    }
}
