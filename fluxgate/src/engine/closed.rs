//! The closed state: every call is admitted, and recorded into the window.

use fluxgate_rules::Node;

use super::breaker::Guard;
use super::evaluation::{Occasion, Step, evaluate_now};
use super::locked::Locked;
use super::window::finished_call::FinishedCall;
use super::word::StateWord;
use crate::state::State;
use crate::sync::Ordering;

/// Records a call, and evaluates the rule if that could have made it hold.
///
/// Calls that other threads count meanwhile come before it or after it. If it is covered, the rule holds in no order of them.
/// Otherwise the stripes are closed before, and opened after the rule has been evaluated: so the call is judged together with all the calls
/// before it, and every call after it is judged itself.
#[inline]
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> Step {
    let settings = guard.breaker.settings();
    let rule = settings.rule.nodes();
    let memory = guard.memory();
    let is_covered = memory.covers(&call) && now < memory.forgets_at();
    let are_alike = guard.grants.word() == guard.word || call.failed;
    if is_covered && are_alike {
        guard.collect();
    } else {
        guard.close_stripes();
    }
    let memory = guard.memory();
    let step = if memory.record(call, now) {
        let metrics = memory.metrics();
        let step = evaluate_now(rule, false, &metrics, None);
        if let Step::Pass = step {
            memory.renew_headroom(rule, &metrics);
        }
        step
    } else {
        Step::Pass
    };
    let passes = matches!(step, Step::Pass);
    grant(guard, rule, passes);
    if passes { Step::Stay } else { step }
}

/// The same for a breaker whose rule asks which calls run. There are others with each call, so each outcome is judged, and none goes
/// without the lock.
pub(super) fn record_tracked(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> (Occasion, Step) {
    guard.memory().record(call, now);
    let metrics = guard.judged();
    let step = match evaluate_now(guard.breaker.settings().rule.nodes(), false, &metrics, None) {
        Step::Pass => Step::Stay,
        step => step,
    };
    (Occasion::Closed, step)
}

/// Lets the next calls go without the lock, as far as they are all alike. `passes`: the rule does not hold.
///
/// A success that would leave the window as it is goes unrecorded. Others are counted, if no number of them can make the rule hold; or
/// failures are, if calls do nothing but fail, as many as cannot make it hold.
#[inline]
pub(super) fn grant(guard: &mut Guard<'_>, rule: &[Node], passes: bool) {
    let (breaker, word) = (guard.breaker, guard.word);
    let memory = guard.memory();
    let is_saturated = memory.is_saturated();
    let healthy = if is_saturated { word.healthy() } else { StateWord::NONE };
    // Every call reads it, so it is not written without need.
    if breaker.healthy.load(Ordering::Relaxed) != healthy.0 {
        breaker.healthy.store(healthy.0, Ordering::Release);
    }
    if is_saturated {
        return guard.close_stripes();
    }
    if !passes {
        return;
    }
    let until = memory.forgets_at();
    if breaker.counts_until.load(Ordering::Relaxed) != until {
        breaker.counts_until.store(until, Ordering::Release);
    }
    let stripes = breaker.stripes();
    let failures = memory.set_run_aside();
    let successes = memory.harmless_successes(rule);
    let counted = if failures > 0 { word.failures() } else { word };
    if guard.grants.word() != counted || guard.grants.is_full(stripes) {
        guard.close_stripes();
    }
    let Locked { grants, memory, .. } = &mut **guard;
    if failures > 0 {
        grants.open_own(stripes, counted, u64::from(failures));
    } else if successes > 0
        && let Some(memory) = memory
    {
        grants.open(stripes, counted, u64::from(successes));
        // Metrics-only looks at the figures after each failure, for the highest.
        if word.state() == State::Closed {
            grants.open_logs(stripes, |most| memory.set_failures_aside(most));
        }
    }
}
