//! The closed state: every call is admitted, and recorded into the window.

use super::breaker::{Breaker, Guard};
use super::evaluation::{Decision, Step, evaluate};
use super::locked::Period;
use super::window::memory::{FinishedCall, Memory};
use super::word::StateWord;
use crate::sync::Ordering;

/// Records a call, and evaluates the rule if that could have made it hold.
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> Step {
    let (breaker, word) = (guard.breaker, guard.word);
    // A window that was kept from a ramp has only been evaluated as that of a half-open breaker.
    let evaluated = matches!(guard.period, Period::Closed { evaluated: true });
    guard.period = Period::Closed { evaluated: true };
    let memory = guard.memory();
    memory.reclaim(&breaker.unrecorded);
    let is_worse = memory.record(call, now, &breaker.measures);
    let step = if is_worse || !evaluated {
        evaluate(breaker, &memory.metrics(&breaker.measures), false, 0)
    } else {
        Step::Decide(Decision::Pass)
    };
    let passes = matches!(step, Step::Decide(Decision::Pass));
    grant(breaker, word, memory, passes);
    if passes { Step::Stay } else { step }
}

/// Lets the next successes go unrecorded, as far as they change nothing. `passes`: the rule does not hold.
pub(super) fn grant(breaker: &Breaker, word: StateWord, memory: &mut Memory, passes: bool) {
    let is_saturated = memory.is_saturated(&breaker.measures);
    let healthy = if is_saturated { word.healthy() } else { StateWord::NONE };
    breaker.healthy.store(healthy.0, Ordering::Release);
    if passes && !is_saturated {
        memory.grant(&breaker.unrecorded, word, breaker.nodes(), &breaker.measures);
    }
}
