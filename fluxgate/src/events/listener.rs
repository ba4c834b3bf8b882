//! Reacting to transitions.

use std::collections::VecDeque;
use std::time::Duration;

#[cfg(feature = "tracing")]
use super::tracing;
use super::transition::Transition;
use crate::callback::contain;
use crate::sync::{Arc, RwLock};

/// Reacts to a breaker's transitions.
///
/// Listeners are called outside any lock, exactly once for each transition, in order, and one at a time for each breaker. They
/// run on the thread whose call or command caused the transition, or on one that is already delivering an earlier transition. So
/// a listener may call back into the breaker, but should hand slow work to another thread. If it panics, the panic is contained. If
/// it does not return, up to 1,024 transitions wait for it; then the oldest are dropped, and the next one that is delivered says how
/// many were [missed](Transition::missed).
///
/// Any `Fn(&Transition)` is a listener:
///
/// ```
/// use fluxgate::{CircuitBreaker, Transition};
///
/// let breaker = CircuitBreaker::builder("payments")
///     .listener(|transition: &Transition| println!("{transition}"))
///     .build()?;
/// breaker.force_open(); // prints: circuit breaker `payments`: closed -> forced open (forced open by command)
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub trait Listener: Send + Sync + 'static {
    /// Called after each transition.
    fn on_transition(&self, transition: &Transition);
}

impl<F: Fn(&Transition) + Send + Sync + 'static> Listener for F {
    fn on_transition(&self, transition: &Transition) {
        self(transition);
    }
}

/// A breaker's listeners, and the transitions still to be delivered. Kept under the breaker's lock; listeners are called
/// without it.
#[derive(Default)]
pub(crate) struct Events {
    listeners: Vec<Arc<dyn Listener>>,
    queue: VecDeque<Queued>,
    /// How many transitions have been dropped since the last one that was delivered.
    missed: u64,
    /// A thread is delivering, and will go on until the queue is empty.
    delivering: bool,
}

struct Queued {
    transition: Transition,
    /// Whether it can be delivered: how long the breaker stays open is known.
    complete: bool,
}

/// The most transitions that wait for a listener that does not return. Then the oldest are dropped.
const LONGEST_QUEUE: usize = 1_024;

impl Events {
    pub(crate) fn listen(&mut self, listener: Arc<dyn Listener>) {
        self.listeners.push(listener);
    }

    /// Queues a transition. If it is not `complete`, it and those after it wait for [`complete`](Self::complete).
    pub(crate) fn push(&mut self, transition: Transition, complete: bool) {
        if self.queue.len() == LONGEST_QUEUE {
            self.queue.pop_front();
            self.missed += 1;
        }
        self.queue.push_back(Queued { transition, complete });
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
    pub(crate) fn next(&mut self) -> Option<(Transition, Vec<Arc<dyn Listener>>)> {
        self.delivering = self.is_ready();
        let Queued { mut transition, .. } =
            if self.delivering { self.queue.pop_front()? } else { return None };
        transition.missed = std::mem::take(&mut self.missed);
        Some((transition, self.listeners.clone()))
    }
}

static EVERYWHERE: RwLock<Vec<Arc<dyn Listener>>> = RwLock::new(Vec::new());

/// Adds a listener to every breaker, existing and future, for the life of the process.
pub fn listen(listener: impl Listener) {
    EVERYWHERE.write().push(Arc::new(listener));
}

fn everywhere() -> Vec<Arc<dyn Listener>> {
    EVERYWHERE.read().clone()
}

/// Whether a breaker without listeners of its own may be heard at all. `tracing` is asked later, when it is told: its answer may be
/// user code, and this is called under the breaker's lock.
pub(crate) fn is_heard() -> bool {
    cfg!(feature = "tracing") || !EVERYWHERE.read().is_empty()
}

/// Calls all listeners.
pub(crate) fn notify(transition: &Transition, own: &[Arc<dyn Listener>]) {
    #[cfg(feature = "tracing")]
    contain(|| tracing::emit(transition));
    for listener in own.iter().chain(&everywhere()) {
        contain(|| listener.on_transition(transition));
    }
}
