//! The delivery of transitions to listeners.

use std::collections::VecDeque;
use std::time::Duration;

use super::audience::{self, Subscription};
#[cfg(feature = "tracing")]
use super::tracing;
use super::transition::Transition;
use crate::callback::contain;
use crate::state::State;
use crate::sync::RwLock;

/// A breaker's listeners, and the transitions still to be delivered. Kept under the breaker's lock; listeners are called
/// without it.
#[derive(Default)]
pub(crate) struct Delivery {
    listeners: Vec<Subscription>,
    queue: VecDeque<Queued>,
    /// How many transitions have been dropped since the last one that was delivered.
    missed: u64,
    /// How long the breaker has been in each state, without the current stay, in the order of [`State::ALL`].
    spent: [u64; State::ALL.len()],
    /// A thread is delivering, and continues until the queue is empty.
    delivering: bool,
}

struct Queued {
    transition: Transition,
    /// Whether it can be delivered: the breaker's pause is known.
    complete: bool,
    /// Who hears it: as many of the breaker's listeners, and of those of all breakers, as there were when it happened.
    own: usize,
    everywhere: usize,
}

/// A transition, and who hears it.
pub(crate) struct Due {
    transition: Transition,
    own: Vec<Subscription>,
    everywhere: usize,
}

/// How many transitions may wait for a listener that does not return. Then the oldest are dropped.
const LONGEST_QUEUE: usize = 1_024;

impl Delivery {
    pub(crate) fn listen(&mut self, member: Subscription) {
        self.listeners.push(member);
    }

    /// Whether the breaker has listeners of its own.
    pub(crate) fn is_heard(&self) -> bool {
        !self.listeners.is_empty()
    }

    /// Notes that the breaker leaves a state in which it has been for this time.
    pub(crate) fn spend(&mut self, state: State, nanos: u64) {
        for (spent, of) in self.spent.iter_mut().zip(State::ALL) {
            if of == state {
                *spent = spent.saturating_add(nanos);
            }
        }
    }

    /// How long the breaker has been in each state, without the current stay, in the order of [`State::ALL`].
    pub(crate) fn spent(&self) -> [u64; State::ALL.len()] {
        self.spent
    }

    /// Whether one of the breaker's own listeners wants to hear of resets.
    pub(crate) fn hears_resets(&self) -> bool {
        self.listeners.iter().any(|member| member.interests.has_resets())
    }

    /// Queues a transition. If it is not `complete`, it and those after it wait for [`complete`](Self::complete).
    pub(crate) fn push(&mut self, transition: Transition, complete: bool) {
        if self.queue.len() == LONGEST_QUEUE {
            self.queue.pop_front();
            self.missed += 1;
        }
        let (own, everywhere) = (self.listeners.len(), EVERYWHERE.read().len());
        self.queue.push_back(Queued { transition, complete, own, everywhere });
    }

    /// Completes the transition that began this generation, if it still waits.
    pub(crate) fn complete(&mut self, generation: u64, retry_after: Option<Duration>) {
        let waiting = self.queue.iter_mut().find(|queued| queued.transition.generation == generation);
        if let Some(queued) = waiting {
            queued.transition.retry_after = retry_after;
            queued.complete = true;
        }
    }

    fn is_ready(&self) -> bool {
        self.queue.front().is_some_and(|queued| queued.complete)
    }

    /// Begins a delivery, which the caller then carries out. Returns `false` if there is nothing to deliver, or another thread is
    /// delivering.
    pub(crate) fn begin(&mut self) -> bool {
        let begins = !self.delivering && self.is_ready();
        self.delivering |= begins;
        begins
    }

    /// The next transition and its listeners; `None` ends the delivery.
    pub(crate) fn next(&mut self) -> Option<Due> {
        self.delivering = self.is_ready();
        let Queued { mut transition, own, everywhere, .. } =
            if self.delivering { self.queue.pop_front()? } else { return None };
        transition.missed = std::mem::take(&mut self.missed);
        // Listeners only ever join, at the end.
        let own = self.listeners.iter().take(own).cloned().collect();
        Some(Due { transition, own, everywhere })
    }
}

static EVERYWHERE: RwLock<Vec<Subscription>> = RwLock::new(Vec::new());

/// Adds a listener to every breaker, existing and future, for the life of the process.
pub(crate) fn listen_everywhere(member: Subscription) {
    if member.interests.has_refusals() || member.interests.has_calls() {
        audience::EVERYWHERE.add(&member);
    }
    EVERYWHERE.write().push(member);
}

/// Whether a breaker without listeners of its own may be heard at all. `tracing` decides later, when it gets the event: its answer may be
/// user code, and this is called under the breaker's lock.
pub(crate) fn is_heard() -> bool {
    cfg!(feature = "tracing") || !EVERYWHERE.read().is_empty()
}

/// Whether anyone wants to hear of the resets of all breakers.
pub(crate) fn hears_resets() -> bool {
    EVERYWHERE.read().iter().any(|member| member.interests.has_resets())
}

/// Calls all listeners that want to hear of it.
pub(crate) fn notify(Due { transition, own, everywhere }: &Due) {
    let is_reset = transition.is_reset();
    #[cfg(feature = "tracing")]
    contain(|| tracing::emit(transition));
    let everywhere: Vec<_> = EVERYWHERE.read().iter().take(*everywhere).cloned().collect();
    for Subscription { listener, interests } in own.iter().chain(&everywhere) {
        if !is_reset || interests.has_resets() {
            contain(|| listener.on_transition(transition));
        }
    }
}
