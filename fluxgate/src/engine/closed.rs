//! The closed state: every call is admitted, and recorded into the window.

use fluxgate_rules::Node;
#[cfg(feature = "keyed")]
use fluxgate_rules::evidence;

use super::breaker::Breaker;
use super::evaluation::{Occasion, Step, evaluate_now};
use super::grants::Wanted;
use super::guard::Guard;
use super::locked::Locked;
use super::window::finished_call::FinishedCall;
use super::window::headroom::Headroom;
use super::word::StateWord;
use super::{journal, log};
use crate::state::State;
use crate::sync::Ordering;

/// Records a call, and evaluates the rule if it could now hold.
///
/// Calls that other threads count meanwhile come before this one or after it. If this call is covered, the rule holds in neither
/// order. Otherwise the stripes are closed first, and reopened after the rule has been evaluated: so the call is judged together
/// with all calls before it, and every call after it is judged itself, except for [late](super::stripes) successes, which need no
/// judgement.
#[inline]
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> Step {
    let settings = guard.breaker.settings();
    let rule = settings.rule.nodes();
    let failures = guard.counts.failures - u64::from(call.failed);
    let calls = guard.close_journals() + 1;
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
    let failures = guard.counts.failures - failures;
    if passes && keep_pace(guard, calls, failures, now) {
        open_journals(guard, rule, call);
    } else {
        guard.enter_into_journals(false);
        grant(guard, rule, passes);
    }
    if passes { Step::Stay } else { step }
}

/// The same for a breaker whose rule asks for running calls. Their number changes with each call, so no outcome skips the lock, and
/// each that has made anything worse is judged.
pub(super) fn record_tracked(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> (Occasion, Step) {
    if !guard.memory().record(call, now) {
        return (Occasion::Closed, Step::Stay);
    }
    let metrics = guard.judged();
    let step = match evaluate_now(guard.breaker.settings().rule.nodes(), false, &metrics, None) {
        Step::Pass => Step::Stay,
        step => step,
    };
    (Occasion::Closed, step)
}

/// Lets the next calls skip the lock, as long as they are all alike. `passes`: the rule does not hold.
///
/// A success that would leave the window unchanged goes unrecorded. Other successes are counted, if no number of them can make the
/// rule hold; or failures are, if calls do nothing but fail, up to a number that cannot make it hold.
#[inline]
pub(super) fn grant(guard: &mut Guard<'_>, rule: &[Node], passes: bool) {
    let breaker = guard.breaker;
    if guard.memory().is_saturated() {
        // A failure may just have been logged. The next ones must not find the breaker healthy.
        guard.close_logs();
        if guard.memory().is_saturated() {
            // The stripes may stay open: a success that is counted anyway changes nothing.
            return set_healthy(breaker, guard.word.healthy());
        }
    }
    let counts_successes = passes && open_stripes(guard, rule);
    // Not earlier: successes that no longer find the breaker healthy should find an open stripe.
    set_healthy(breaker, StateWord::NONE);
    if counts_successes {
        open_log(guard, rule);
    }
}

#[inline]
fn set_healthy(breaker: &Breaker, healthy: StateWord) {
    // Every call reads it, so it is not written needlessly.
    if breaker.healthy.latest() != healthy.0 {
        breaker.healthy.store(healthy.0, Ordering::Release);
    }
}

/// Returns whether successes are counted.
#[inline]
fn open_stripes(guard: &mut Guard<'_>, rule: &[Node]) -> bool {
    let (breaker, word) = (guard.breaker, guard.word);
    renew_counts_until(guard);
    let memory = guard.memory();
    let stripes = breaker.stripes();
    let failures = memory.set_run_aside();
    let missing = memory.harmless_successes(rule);
    let counted = if failures > 0 { word.failures() } else { word };
    if guard.grants.word() != counted || failures == 0 && guard.grants.is_full(stripes) {
        guard.close_stripes();
    }
    if failures > 0 {
        guard.grants.open_to_others(stripes, counted, u64::from(failures));
    } else if missing > 0 {
        let ends_health = breaker.healthy.latest() != StateWord::NONE.0;
        let may_be_late = guard.memory().is_of_calls() && !word.is_counted();
        guard.grants.open(stripes, word, Wanted { missing, ends_health, may_be_late });
        return true;
    }
    false
}

/// Lets failures of this thread be logged among counted successes. They must not find the breaker healthy, or a success that
/// follows one of them would not be counted.
#[inline]
fn open_log(guard: &mut Guard<'_>, rule: &[Node]) {
    let (stripes, word) = (guard.breaker.stripes(), guard.word);
    let Locked { grants, memory: Some(memory), .. } = &mut **guard else { return };
    // Metrics-only looks at the figures after each failure, for the highest rate.
    if word.state() == State::Closed
        && let Some(set_aside) = grants.failures_to_come(stripes)
    {
        memory.extend_headroom(
            rule,
            Headroom { failures: 2 * log::ENTRIES as u32, ..Headroom::NONE },
            set_aside,
        );
        grants.open_log(stripes, |most| memory.set_failures_aside(most));
    }
}

/// Calls skip the lock until the memory forgets some because of their age.
#[inline]
fn renew_counts_until(guard: &mut Guard<'_>) {
    let (breaker, until) = (guard.breaker, guard.memory().forgets_at());
    if breaker.counts_until.load(Ordering::Relaxed) != until {
        breaker.counts_until.store(until, Ordering::Release);
    }
}

/// Counts how many more `calls` and `failures` there have been by `now`. Returns whether the next calls should use journals: under a
/// rule that asks for an average, where each would take the lock; or in a time window, where each failure would have to know what
/// other threads write.
#[inline]
fn keep_pace(guard: &mut Guard<'_>, calls: u64, failures: u64, now: u64) -> bool {
    /// Calls, and failures, come fast if they are at most this many nanoseconds apart: a hundred times the cost of taking the lock,
    /// and twice the cost of asking another processor.
    const CALLS: u64 = 10_000;
    const FAILURES: u64 = 300;
    let word = guard.word;
    if !word.is_dated() || !word.is_just_closed() {
        return false;
    }
    let may_be_several = may_be_several(guard.breaker);
    let Locked { journals, memory: Some(memory), .. } = &mut **guard else { return false };
    let are_many = if word.is_averaged() {
        journals.pace.add(calls, CALLS, now)
    } else {
        may_be_several && !memory.is_of_calls() && journals.pace.add(failures, FAILURES, now)
    };
    are_many && memory.has_headroom() && !memory.is_down()
}

/// Whether several threads may have journals at the same time. If the clock moves on, times tell the order of two calls; but a
/// user's clock may stand still.
fn may_be_several(breaker: &Breaker) -> bool {
    !breaker.reads_users_clock() || cfg!(fluxgate_loom)
}

/// Lets the next calls use journals until a share of the headroom is used up, instead of any other way to skip the lock. `call` is
/// the last call.
#[inline(never)]
fn open_journals(guard: &mut Guard<'_>, rule: &[Node], call: FinishedCall) {
    /// Below this many failures, the headroom for the journals is renewed.
    const FEW: u32 = 16;
    guard.enter_into_journals(true);
    guard.close_stripes();
    renew_counts_until(guard);
    let (breaker, word) = (guard.breaker, guard.word);
    set_healthy(breaker, StateWord::NONE);
    let Locked { journals, memory: Some(memory), .. } = &mut **guard else { return };
    journals.open(breaker.stripes(), word, may_be_several(breaker), |number| {
        let usual = call.nanos.saturating_mul(journal::ENTRIES as u64);
        memory.extend_headroom(rule, Headroom { failures: FEW, slow: 0, latency: usual }, 0);
        memory.set_shares_aside(number)
    });
}

/// Whether a breaker that judges its calls, or reports on them, remembers anything against its dependency at `now`.
#[cfg(feature = "keyed")]
pub(crate) fn has_evidence(breaker: &Breaker, now: u64) -> bool {
    let word = breaker.word();
    // A breaker that was never called should not allocate a memory to answer this.
    matches!(word.state(), State::Closed | State::MetricsOnly)
        && !word.is_fresh()
        && evidence::is_any(breaker.settings().rule.nodes(), &breaker.lock().metrics(now))
}
