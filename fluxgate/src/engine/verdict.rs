//! What follows from the rule.
//!
//! The rule is evaluated on the calls that have ended. If it asks for running calls, it is also evaluated on these plus the running
//! calls that are slow already, as if they had just succeeded: once for each threshold that any of them has reached, with those
//! that have reached it. It holds if any of these evaluations says so. So a running call can trip a breaker, but can neither
//! prevent a trip nor let a trial pass.

use fluxgate_rules::evaluate::Customs;
use fluxgate_rules::{Metrics, Node};

use super::evaluation::{self, Held, Occasion, Step, evaluate};
use super::guard::Guard;
use super::locked::Period;
use super::open::open;
use super::word::StateWord;
use super::{manual, ramp};
use crate::events::transition::Reason;
use crate::state::State;

/// Whether it matters when a call admitted under `word` begins or ends.
pub(super) fn needs_time(word: StateWord) -> bool {
    word.is_dated() || word.state() == State::HalfOpen
}

/// Judges the running calls, after one was added, or when they have run for longer than at the last evaluation.
pub(super) fn judge(mut guard: Guard<'_>, now: u64) {
    let settings = guard.breaker.settings();
    let rule = settings.rule.nodes();
    if !guard.look_at_running(rule, now) {
        return;
    }
    let occasion = match &mut guard.period {
        Period::Closed => Occasion::Closed,
        Period::MetricsOnly(crossings, _) => Occasion::MetricsOnly(crossings.next()),
        Period::Trial(trial) => Occasion::Trial(trial.plan, u64::from(trial.good)),
        Period::Ramp(_) => Occasion::Ramp,
        Period::Asking(_) | Period::Unrecorded => return,
    };
    guard.memory().advance(now);
    let metrics = guard.judged();
    let step = evaluate(rule, occasion, &metrics, None);
    follow(guard, occasion, step, now);
}

/// Acts on what an outcome or an admission led to. `step` is what the calls that have ended lead to by themselves. Only the rule's
/// `custom` conditions are asked without the lock.
#[cold]
#[inline(never)]
pub(super) fn follow(mut guard: Guard<'_>, occasion: Occasion, step: Step, now: u64) {
    // Another rule would begin another generation, so these settings are those of the verdict.
    let settings = guard.breaker.settings();
    let rule = settings.rule.nodes();
    let metrics = guard.judged();
    let Some((retaken, ended)) = settle(guard, rule, occasion, metrics, step) else { return };
    guard = retaken;
    if let Step::Trip(held) = ended.step {
        return trip(guard, rule, occasion, &ended, held, now);
    }
    let in_trial = matches!(occasion, Occasion::Trial(..));
    let slow = guard.running.slow(now);
    for (last, _) in slow.iter().enumerate().filter(|(_, slow)| slow.calls > 0) {
        let metrics = guard.judged_with(&slow[..=last], in_trial);
        let step = evaluate(rule, occasion, &metrics, None);
        let Some((retaken, finding)) = settle(guard, rule, occasion, metrics, step) else { return };
        guard = retaken;
        if let Step::Trip(held) = finding.step {
            if !matches!(occasion, Occasion::MetricsOnly(_)) {
                guard.keep_running(&slow[..=last], in_trial);
            }
            return trip(guard, rule, occasion, &finding, held, now);
        }
    }
    match (ended.step, occasion) {
        (_, Occasion::MetricsOnly(outcome)) => manual::report(guard, outcome, None, now),
        (Step::Pass, Occasion::Trial(..) | Occasion::Ramp) => ramp::pass(guard, now),
        _ => {}
    }
}

/// The result of the rule on these figures.
struct Finding {
    step: Step,
    metrics: Metrics,
    customs: Customs,
}

/// Asks the rule's `custom` conditions if they decide. `None` if the generation ends meanwhile.
fn settle<'a>(
    mut guard: Guard<'a>,
    rule: &[Node],
    occasion: Occasion,
    metrics: Metrics,
    mut step: Step,
) -> Option<(Guard<'a>, Finding)> {
    let mut customs = Customs::NONE;
    if let Step::Ask = step {
        (guard, customs) = guard.ask(|| evaluation::ask(rule, &metrics))?;
        step = evaluate(rule, occasion, &metrics, Some(customs));
    }
    Some((guard, Finding { step, metrics, customs }))
}

/// The rule holds: opens the breaker, or reports that it would have opened.
fn trip(guard: Guard<'_>, rule: &[Node], occasion: Occasion, finding: &Finding, held: Held, now: u64) {
    let Finding { metrics, customs, .. } = *finding;
    // The call may have ended without reading the time, since it did not matter when the call was admitted. Then the clock is not a
    // user's, and may be read under the lock.
    let breaker = guard.breaker;
    let now = if breaker.reads_users_clock() { now } else { breaker.now().max(now) };
    let Some(cause) = evaluation::figures(rule, held, &metrics, customs).cause(rule) else { return };
    let reason = Reason::Tripped(cause);
    match occasion {
        Occasion::MetricsOnly(outcome) => manual::report(guard, outcome, Some((reason, metrics)), now),
        _ => open(guard, reason, Some(metrics), now),
    }
}
