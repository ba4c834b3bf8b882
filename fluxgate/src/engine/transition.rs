//! Changes of state, and their delivery to listeners.

use std::time::Duration;

use fluxgate_rules::Metrics;
use fluxgate_rules::metrics::nanos;

use super::breaker::{Breaker, Guard};
use super::counting;
use super::crossings::Crossings;
use super::highest::Highest;
use super::locked::Period;
use super::trial::Trial;
use super::word::StateWord;
use crate::clock::NEVER;
use crate::events::audience::Subscription;
use crate::events::cause::Figures;
use crate::events::delivery;
use crate::events::listener::Listener;
use crate::events::transition::{Reason, Transition};
use crate::state::State;
use crate::sync::{Arc, Ordering, fence};

/// A change of state.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) to: State,
    pub(super) reason: Reason,
    pub(super) now: u64,
    /// How long an open breaker refuses calls.
    pub(super) pause: Pause,
    /// The figures with which the rule held, if it did.
    pub(super) evidence: Option<(Figures, Metrics)>,
}

impl Change {
    pub(super) fn to(to: State, reason: Reason, now: u64) -> Self {
        Self { to, reason, now, pause: Pause::Endless, evidence: None }
    }
}

/// How long an open breaker refuses calls before it tries again.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Pause {
    /// In nanoseconds.
    For(u64),
    Endless,
    /// A user's function is yet to say.
    Asked,
}

impl Pause {
    /// A pause that was drawn; `None` is endless.
    pub(super) fn of(drawn: Option<u64>) -> Self {
        drawn.map_or(Self::Endless, Self::For)
    }

    /// When a pause that begins `now` is over.
    pub(super) fn deadline(self, now: u64) -> u64 {
        match self {
            Self::For(nanos) => now.saturating_add(nanos).min(NEVER - 1),
            Self::Endless | Self::Asked => NEVER,
        }
    }

    pub(super) fn nanos(self) -> u64 {
        match self {
            Self::For(nanos) => nanos,
            Self::Endless | Self::Asked => u64::MAX,
        }
    }

    pub(super) fn retry_after(self) -> Option<Duration> {
        match self {
            Self::For(nanos) => Some(Duration::from_nanos(nanos)),
            Self::Endless | Self::Asked => None,
        }
    }
}

/// Changes to another state, gives back the lock, and tells the listeners.
pub(super) fn perform(mut guard: Guard<'_>, change: Change) {
    let breaker = guard.breaker;
    begin(&mut guard, change);
    drop(guard);
    deliver(breaker);
}

/// Begins another generation.
///
/// Readers without the lock read the state, then `since`, `deadline` and `cause`, then the state again, and trust what they
/// read if the state was the same both times. So the state is marked as changing before any of these is written.
pub(super) fn begin(guard: &mut Guard<'_>, change: Change) {
    let Change { to, reason, now, pause, evidence } = change;
    let Guard { breaker, word, .. } = *guard;
    let from = word.state();
    breaker.state.store(word.changing().0, Ordering::Relaxed);
    fence(Ordering::Release);
    breaker.healthy.store(StateWord::NONE.0, Ordering::Relaxed);

    let (figures, metrics) = evidence.unwrap_or_else(|| {
        guard.close_stripes();
        (Figures::NONE, guard.metrics(now))
    });
    let keeps_window = match to {
        State::Closed => matches!(reason, Reason::RampEnded),
        State::HalfOpen | State::MetricsOnly => false,
        State::Open | State::Disabled | State::ForcedOpen => true,
    };
    guard.end_generation();
    if !keeps_window && let Some(memory) = &mut guard.memory {
        memory.clear();
    }
    if from == State::Open {
        guard.reopens.end_open(now.saturating_sub(breaker.since.load(Ordering::Relaxed)));
    }
    if to == State::Closed {
        guard.reopens.close(now);
    }
    if matches!(reason, Reason::Reset) {
        guard.reopens.forget();
    }
    if to == State::Open {
        guard.reopens.pause(pause.nanos());
    }
    if matches!(to, State::Closed | State::HalfOpen | State::MetricsOnly) {
        guard.running.clear();
    }
    let next = word.next(to);
    guard.period = match to {
        State::Closed => Period::Closed,
        State::HalfOpen => {
            let patience = nanos(breaker.settings().half_open_timeout);
            let pause_ended = breaker.deadline.load(Ordering::Relaxed).min(now);
            Period::Trial(Trial::new(breaker.trial(), patience, pause_ended))
        }
        State::MetricsOnly => Period::MetricsOnly(Crossings::default(), Highest::default()),
        State::Open if pause == Pause::Asked => Period::Asking(next),
        State::Open | State::Disabled | State::ForcedOpen => Period::Unrecorded,
    };
    if from != to {
        let since = breaker.since.swap(now, Ordering::Relaxed);
        guard.events.get_or_insert_default().spend(from, now.saturating_sub(since));
        guard.counts.refused += guard.rejected;
        guard.rejected = 0;
    }
    breaker.deadline.store(pause.deadline(now), Ordering::Relaxed);
    for (cause, figure) in breaker.cause.iter().zip([figures.node, figures.part, figures.whole]) {
        cause.store(figure, Ordering::Relaxed);
    }
    guard.word = next;
    if to == State::Disabled {
        // Of the calls to come none is written.
        breaker.healthy.store(next.healthy().0, Ordering::Relaxed);
    }
    breaker.state.store(guard.word.0, Ordering::Release);

    // From closed to closed is a new generation with an empty window, but a transition only for those who want to hear of it.
    let hears_resets = || guard.events.as_ref().is_some_and(|events| events.hears_resets());
    if from != to || hears_resets() || delivery::hears_resets() {
        let at = Duration::from_nanos(now);
        let (breaker, generation) = (breaker.name().clone(), next.generation());
        let retry_after = pause.retry_after();
        let transition =
            Transition { breaker, generation, at, from, to, reason, metrics, retry_after, missed: 0 };
        announce(guard, transition, pause != Pause::Asked);
    }
}

/// Queues a transition for delivery, if anyone listens. If it is not `complete`, it waits until its pause is known.
pub(super) fn announce(guard: &mut Guard<'_>, transition: Transition, complete: bool) {
    if guard.events.as_ref().is_some_and(|events| events.is_heard()) || delivery::is_heard() {
        guard.events.get_or_insert_default().push(transition, complete);
    }
}

/// Delivers the queue to the listeners, unless another thread is delivering: that thread then delivers this, too.
pub(crate) fn deliver(breaker: &Breaker) {
    if !breaker.locked().lock().events.as_mut().is_some_and(|events| events.begin()) {
        return;
    }
    loop {
        // Not in the head of the loop: the lock would be held throughout the body.
        let next = breaker.locked().lock().events.as_mut().and_then(|events| events.next());
        let Some((transition, listeners)) = next else { return };
        delivery::notify(&transition, &listeners);
    }
}

/// Adds a listener, for the life of the breaker.
pub(crate) fn listen(breaker: &Breaker, listener: Arc<dyn Listener>) {
    subscribe(breaker, Subscription::new(listener));
}

/// Adds a listener that has said what it wants to hear.
pub(crate) fn subscribe(breaker: &Breaker, member: Subscription) {
    if member.interests.has_refusals() || member.interests.has_calls() {
        breaker.watch().audience.add(&member);
    }
    let counts = member.interests.has_all_calls();
    breaker.locked().lock().events.get_or_insert_default().listen(member);
    if counts {
        counting::begin(breaker);
    }
}
