//! The states that hold until another command: metrics-only, disabled, forced open.

use fluxgate_rules::Metrics;

use super::breaker::Breaker;
use super::closed::grant;
use super::crossings::CrossingEvidence;
use super::evaluation::{Occasion, Step, evaluate};
use super::guard::Guard;
use super::locked::Period;
use super::transition::{self, Change};
use super::window::finished_call::FinishedCall;
use crate::events::transition::Reason;
use crate::state::State;

/// Carries out a command, unless the breaker is in that state already. A reset has an effect even then.
pub(crate) fn command(breaker: &Breaker, to: State, reason: Reason) {
    let now = breaker.now();
    let guard = breaker.lock();
    if guard.word.state() != to || matches!(reason, Reason::Reset) {
        transition::perform(guard, Change::to(to, reason, now));
    }
}

/// Puts a breaker that nobody else can reach yet into use in this state, if it is a manual one. Otherwise returns `false` and
/// changes nothing. Events for listeners still have to be [delivered](transition::deliver).
#[cfg(feature = "keyed")]
pub(crate) fn begin(breaker: &Breaker, state: State, now: u64) -> bool {
    let reason = match state {
        State::MetricsOnly => Reason::MetricsOnly,
        State::Disabled => Reason::Disable,
        State::ForcedOpen => Reason::ForceOpen,
        State::Closed | State::Open | State::HalfOpen => return false,
    };
    breaker.put_into_use(now);
    transition::begin(&mut breaker.lock(), Change::to(state, reason, now));
    true
}

/// Metrics-only: records a call, and evaluates the rule to notice when it begins and ceases to hold.
pub(super) fn record(guard: &mut Guard<'_>, call: FinishedCall, now: u64) -> (Occasion, Step) {
    let settings = guard.breaker.settings();
    let rule = settings.rule.nodes();
    guard.close_stripes();
    let memory = guard.memory();
    // The counted calls are all alike, so the rate was highest at the first or at the last of them.
    let counted = memory.metrics();
    memory.advance(now);
    notice_end(guard, now);
    guard.memory().record(call, now);
    let after = guard.judged();

    let Period::MetricsOnly(crossings, highest) = &mut guard.period else {
        return (Occasion::Closed, Step::Stay);
    };
    highest.see(&counted);
    highest.see(&after);
    let may_count = highest.is_judged(&after);
    let occasion = Occasion::MetricsOnly(crossings.next());
    let step = evaluate(rule, occasion, &after, None);
    grant(guard, rule, may_count && matches!(step, Step::Pass));
    (occasion, step)
}

/// Metrics-only: as time passes, and calls end without an outcome, the rule may have ceased to hold since the last evaluation.
#[inline(always)]
pub(super) fn notice_end(guard: &mut Guard<'_>, now: u64) {
    if matches!(&guard.period, Period::MetricsOnly(crossings, _) if crossings.holds()) {
        evaluate_again(guard, now);
    }
}

#[inline(never)]
fn evaluate_again(guard: &mut Guard<'_>, now: u64) {
    let settings = guard.breaker.settings();
    let rule = settings.rule.nodes();
    guard.memory().advance(now);
    let may_hold = |metrics: &Metrics| !matches!(evaluate(rule, Occasion::Closed, metrics, None), Step::Pass);
    let slow = guard.running.slow(now);
    let has_ceased = (0..=slow.len()).all(|longest| !may_hold(&guard.judged_with(&slow[..longest], false)));
    if let Period::MetricsOnly(crossings, _) = &mut guard.period
        && has_ceased
    {
        let ceased = crossings.next();
        crossings.take(ceased, None);
    }
}

/// Metrics-only: takes the verdict on an outcome, and reports that the breaker would have tripped, once each time the rule begins
/// to hold.
pub(super) fn report(mut guard: Guard<'_>, outcome: u64, verdict: Option<CrossingEvidence>, now: u64) {
    let breaker = guard.breaker;
    let Period::MetricsOnly(crossings, _) = &mut guard.period else { return };
    let mut crossing = crossings.take(outcome, verdict);
    if crossing.is_none() {
        crossing = crossings.next_crossing();
    }
    while let Some((reason, metrics)) = crossing {
        let state = State::MetricsOnly;
        breaker.set_figures(reason.figures());
        transition::announce(&mut guard, state, &Change::to(state, reason, now), metrics);
        crossing = match &mut guard.period {
            Period::MetricsOnly(crossings, _) => crossings.next_crossing(),
            _ => None,
        };
    }
    drop(guard);
    transition::deliver(breaker);
}
