//! Reacting to transitions.

use std::collections::VecDeque;

#[cfg(feature = "tracing")]
use super::tracing;
use super::transition::Transition;
use crate::callback::contain;
use crate::sync::{Arc, RwLock};

/// Reacts to a breaker's transitions.
///
/// Listeners are called outside any lock, exactly once for each transition, in order, and one at a time for each breaker. They
/// run on the thread whose call or command caused the transition, or on one that is already delivering an earlier transition. So
/// a listener may call back into the breaker, but should hand slow work to another thread. If it panics, the panic is contained.
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
    queue: VecDeque<Transition>,
    /// A thread is delivering, and will go on until the queue is empty.
    delivering: bool,
}

impl Events {
    pub(crate) fn listen(&mut self, listener: Arc<dyn Listener>) {
        self.listeners.push(listener);
    }

    pub(crate) fn push(&mut self, transition: Transition) {
        self.queue.push_back(transition);
    }

    /// Begins a delivery, which the caller then carries out. Returns `false` if there is nothing to deliver, or another thread is
    /// delivering.
    pub(crate) fn begin(&mut self) -> bool {
        let begins = !self.delivering && !self.queue.is_empty();
        self.delivering |= begins;
        begins
    }

    /// The next transition and its listeners; `None` ends the delivery.
    pub(crate) fn next(&mut self) -> Option<(Transition, Vec<Arc<dyn Listener>>)> {
        let next = self.queue.pop_front().map(|transition| (transition, self.listeners.clone()));
        self.delivering = next.is_some();
        next
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
