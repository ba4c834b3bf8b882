//! Changes of state, and their delivery to listeners.

use std::time::Duration;

use fluxgate_rules::Metrics;

use super::breaker::{Breaker, Guard};
use super::locked::Period;
use super::reopens::Reopens;
use super::word::StateWord;
use crate::clock::NEVER;
use crate::events::cause::Figures;
use crate::events::listener::{self, Listener};
use crate::events::transition::{Reason, Transition};
use crate::state::State;
use crate::sync::{Arc, Ordering, fence};

/// A change of state.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) to: State,
    pub(super) reason: Reason,
    pub(super) now: u64,
    /// How long the state lasts, if that is known.
    pub(super) delay: Option<u64>,
    /// The figures with which the rule held, if it did.
    pub(super) evidence: Option<(Figures, Metrics)>,
}

impl Change {
    pub(super) fn to(to: State, reason: Reason, now: u64) -> Self {
        Self { to, reason, now, delay: None, evidence: None }
    }
}

/// Changes to another state, gives back the lock, and tells the listeners.
pub(super) fn perform(mut guard: Guard<'_>, change: Change) {
    let breaker = guard.breaker;
    begin_generation(&mut guard, change);
    drop(guard);
    deliver(breaker);
}

/// Begins another generation.
///
/// Readers without the lock read the state, then `since`, `deadline` and `cause`, then the state again, and trust what they
/// read if the state was the same both times. So the state is marked as changing before any of these is written.
fn begin_generation(guard: &mut Guard<'_>, change: Change) {
    let Change { to, reason, now, delay, evidence } = change;
    let Guard { breaker, word, .. } = *guard;
    let from = word.state();
    breaker.state.store(word.changing().0, Ordering::Relaxed);
    fence(Ordering::Release);
    breaker.healthy.store(StateWord::NONE.0, Ordering::Relaxed);

    let (figures, metrics) = match evidence {
        Some(evidence) => evidence,
        None => (Figures::NONE, guard.metrics(now)),
    };
    let keeps_window = match to {
        State::Closed => matches!(reason, Reason::RampEnded),
        State::HalfOpen | State::MetricsOnly => false,
        State::Open | State::Disabled | State::ForcedOpen => true,
    };
    if let Some(memory) = &mut guard.memory {
        memory.reclaim(&breaker.unrecorded);
        if !keeps_window {
            memory.clear();
        }
    }
    if from == State::Open {
        guard.reopens.open_for = now.saturating_sub(breaker.since.load(Ordering::Relaxed));
    }
    if to == State::Closed {
        guard.reopens.closed_at = now;
    }
    if matches!(reason, Reason::Reset) {
        guard.reopens = Reopens { closed_at: now, ..Reopens::NONE };
    }
    guard.period = match to {
        State::Closed => Period::CLOSED,
        State::HalfOpen => Period::Trial { length: breaker.trial_length(), in_flight: 0 },
        State::MetricsOnly => Period::MetricsOnly { reported: false },
        State::Open | State::Disabled | State::ForcedOpen => Period::Unrecorded,
    };

    if from != to {
        breaker.since.store(now, Ordering::Relaxed);
        breaker.rejected.store(0, Ordering::Relaxed);
    }
    let deadline = delay.map_or(NEVER, |delay| now.saturating_add(delay).min(NEVER - 1));
    breaker.deadline.store(deadline, Ordering::Relaxed);
    for (cause, figure) in breaker.cause.iter().zip([figures.node, figures.part, figures.whole]) {
        cause.store(figure, Ordering::Relaxed);
    }
    guard.word = word.next(to);
    breaker.state.store(guard.word.0, Ordering::Release);

    // From closed to closed is a new generation with an empty window, but no transition.
    if from != to {
        let retry_after = if to == State::Open { delay.map(Duration::from_nanos) } else { None };
        let breaker = breaker.name().clone();
        announce(guard, Transition { breaker, from, to, reason, metrics, retry_after });
    }
}

/// Queues a transition for delivery, if anyone listens.
pub(super) fn announce(guard: &mut Guard<'_>, transition: Transition) {
    if guard.events.is_some() || listener::is_heard() {
        guard.events.get_or_insert_default().push(transition);
    }
}

/// Delivers the queue to the listeners, unless another thread is delivering: that thread then delivers this, too.
pub(super) fn deliver(breaker: &Breaker) {
    if !breaker.locked.lock().events.as_mut().is_some_and(|events| events.begin()) {
        return;
    }
    loop {
        // Not in the head of the loop: the lock would be held throughout the body.
        let next = breaker.locked.lock().events.as_mut().and_then(|events| events.next());
        let Some((transition, listeners)) = next else { return };
        listener::notify(&transition, &listeners);
    }
}

/// Adds a listener, for the life of the breaker.
pub(crate) fn listen(breaker: &Breaker, listener: Arc<dyn Listener>) {
    breaker.locked.lock().events.get_or_insert_default().listen(listener);
}
