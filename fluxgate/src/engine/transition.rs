//! Changes of state, and their delivery to listeners.

use std::time::Duration;

use fluxgate_rules::Metrics;

use super::breaker::Breaker;
use super::counting;
use super::crossings::Crossings;
use super::guard::Guard;
use super::highest::Highest;
use super::locked::Period;
use super::trial::Trial;
use super::word::StateWord;
use crate::clock::NEVER;
use crate::events::audience::Subscription;
use crate::events::delivery;
use crate::events::listener::Listener;
use crate::events::transition::{Reason, Transition};
use crate::state::State;
use crate::sync::{Arc, Ordering};

/// A change of state.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) to: State,
    pub(super) reason: Reason,
    pub(super) now: u64,
    /// How long an open breaker refuses calls.
    pub(super) pause: Pause,
    /// The metrics with which the rule held, if it did.
    pub(super) evidence: Option<Metrics>,
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
    /// Restored after a restart: over for this many nanoseconds already.
    Over(u64),
    Endless,
    /// A user's function has yet to return it.
    Asked,
}

impl Pause {
    /// A pause that was drawn; `None` is endless.
    pub(super) fn of(drawn: Option<u64>) -> Self {
        drawn.map_or(Self::Endless, Self::For)
    }

    /// When a pause that begins `now` ends.
    pub(super) fn deadline(self, now: u64) -> u64 {
        match self {
            Self::For(nanos) => now.saturating_add(nanos).min(NEVER - 1),
            Self::Over(_) => now,
            Self::Endless | Self::Asked => NEVER,
        }
    }

    /// How many nanoseconds of it are left; if negative, for how many it has been over.
    pub(super) fn left(self) -> i64 {
        let signed = |nanos: u64| i64::try_from(nanos).unwrap_or(i64::MAX);
        match self {
            Self::For(nanos) => signed(nanos),
            Self::Over(nanos) => -signed(nanos),
            Self::Endless | Self::Asked => i64::MAX,
        }
    }

    pub(super) fn retry_after(self) -> Option<Duration> {
        match self {
            Self::For(nanos) => Some(Duration::from_nanos(nanos)),
            Self::Over(_) => Some(Duration::ZERO),
            Self::Endless | Self::Asked => None,
        }
    }
}

/// Changes to another state, releases the lock, and notifies the listeners.
pub(super) fn perform(mut guard: Guard<'_>, change: Change) {
    let breaker = guard.breaker;
    begin(&mut guard, change);
    drop(guard);
    deliver(breaker);
}

/// Begins another generation.
pub(super) fn begin(guard: &mut Guard<'_>, change: Change) {
    let Change { to, reason, now, pause, evidence } = change;
    let Guard { breaker, word, .. } = *guard;
    let (from, next) = (word.state(), word.next(to));
    guard.begin_change();

    let metrics = evidence.unwrap_or_else(|| {
        guard.close_stripes();
        guard.metrics(now)
    });
    guard.end_generation();
    forget_calls(guard, &change);
    update_reopens(guard, from, &change);
    guard.period = period(breaker, next, &change);
    if from != to {
        let since = breaker.since.swap(now, Ordering::Relaxed);
        guard.events.get_or_insert_default().spend(from, now.saturating_sub(since));
        guard.counts.refused += guard.rejected;
        guard.rejected = 0;
        breaker.set_figures(reason.figures());
    }
    breaker.deadline.store(pause.deadline(now), Ordering::Relaxed);
    if to == State::Disabled {
        // No later call is written.
        breaker.healthy.store(next.healthy().0, Ordering::Relaxed);
    }
    guard.publish(next);

    // From closed to closed is a new generation with an empty window, but a transition only for those who asked to hear of resets.
    let hears_resets = || guard.events.as_ref().is_some_and(|events| events.hears_resets());
    if from != to || hears_resets() || delivery::hears_resets() {
        announce(guard, from, &change, metrics);
    }
}

/// Empties the window, unless a ramp has ended, and forgets the running calls. A state that records nothing keeps both as evidence.
fn forget_calls(guard: &mut Guard<'_>, &Change { to, reason, .. }: &Change) {
    if !to.records() {
        return;
    }
    if reason != Reason::RampEnded
        && let Some(memory) = &mut guard.memory
    {
        memory.clear();
    }
    guard.running.clear();
}

fn update_reopens(guard: &mut Guard<'_>, from: State, &Change { to, reason, now, pause, .. }: &Change) {
    if from == State::Open {
        let since = guard.breaker.since.load(Ordering::Relaxed);
        guard.reopens.end_open(now.saturating_sub(since));
    }
    if to == State::Closed {
        guard.reopens.close(now);
    }
    if reason == Reason::Reset {
        guard.reopens.forget();
    }
    if to == State::Open {
        guard.reopens.pause(pause.left());
    }
}

/// The period that begins with `next`. The breaker's `deadline` is still that of the period that ends.
fn period(breaker: &Breaker, next: StateWord, &Change { to, now, pause, .. }: &Change) -> Period {
    match to {
        State::Closed => Period::Closed,
        State::HalfOpen => {
            let pause_ended = breaker.deadline.load(Ordering::Relaxed).min(now);
            Period::Trial(Trial::new(breaker.trial(), pause_ended))
        }
        State::MetricsOnly => {
            let highest = Highest::of(breaker.settings().rule.nodes());
            Period::MetricsOnly(Crossings::default(), highest)
        }
        State::Open if pause == Pause::Asked => Period::Asking(next),
        State::Open | State::Disabled | State::ForcedOpen => Period::Unrecorded,
    }
}

/// Queues the change just made for delivery, if anyone listens. Until its pause is known, it is held back.
pub(super) fn announce(guard: &mut Guard<'_>, from: State, change: &Change, metrics: Metrics) {
    let Change { to, reason, now, pause, .. } = *change;
    if guard.events.as_ref().is_some_and(|events| events.is_heard()) || delivery::is_heard() {
        let transition = Transition {
            breaker: guard.breaker.name().clone(),
            generation: guard.word.generation(),
            at: Duration::from_nanos(now),
            from,
            to,
            reason,
            metrics,
            retry_after: pause.retry_after(),
            missed: 0,
        };
        guard.events.get_or_insert_default().push(transition, pause != Pause::Asked);
    }
}

/// Wakes waiting tasks, and delivers the queue to the listeners, unless another thread is already doing so: that one then delivers
/// this, too. Waiting tasks are not kept waiting by a listener that does not return.
pub(crate) fn deliver(breaker: &Breaker) {
    breaker.wake_waiters();
    if !breaker.locked().lock().events.as_mut().is_some_and(|events| events.begin()) {
        return;
    }
    loop {
        // Not in the loop's condition, which would hold the lock throughout the body.
        let next = breaker.locked().lock().events.as_mut().and_then(|events| events.next());
        let Some(due) = next else { return };
        delivery::notify(&due);
    }
}

/// Adds a listener, for the life of the breaker.
pub(crate) fn listen(breaker: &Breaker, listener: Arc<dyn Listener>) {
    subscribe(breaker, Subscription::new(listener));
}

/// Adds a listener whose interests are known.
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
