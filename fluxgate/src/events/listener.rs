//! Reacting to what happens to breakers.

use super::event::{EndedCall, RefusedCall};
use super::interests::Interests;
use super::transition::Transition;

/// Reacts to a breaker's transitions and, if it is [interested](Self::interests), to more.
///
/// Transitions: listeners are called outside any lock, exactly once for each transition, in order, and one at a time for each breaker. They
/// run on the thread whose call or command caused the transition, or on one that is already delivering an earlier transition. So a listener
/// may call back into the breaker, but should hand slow work to another thread. If it panics, the panic is contained. If it does not
/// return, up to 1,024 transitions wait for it; then the oldest are dropped, and the next transition that is delivered says how many were
/// [missed](Transition::missed).
///
/// Refused calls and ends of calls are reported at once, on the thread of the call, and so on several threads at a time. So listeners to
/// these should be quick; [`events`](crate::events) passes them on through a queue.
///
/// Any `Fn(&Transition)` is a listener. A closure has to name the type of its parameter, as here: of `|transition| ..` alone, the compiler
/// says that the implementation of `FnOnce` is not general enough.
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
///
/// A listener that counts refusals:
///
/// ```
/// use fluxgate::{CircuitBreaker, Interests, Listener, RefusedCall, Transition};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// static REFUSED: AtomicU64 = AtomicU64::new(0);
///
/// struct Counter;
///
/// impl Listener for Counter {
///     fn on_transition(&self, _: &Transition) {}
///
///     fn interests(&self) -> Interests {
///         Interests::transitions().refusals()
///     }
///
///     fn on_refusal(&self, _: &RefusedCall) {
///         REFUSED.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// let breaker = CircuitBreaker::builder("payments").listener(Counter).build()?;
/// breaker.force_open();
/// breaker.acquire().unwrap_err();
/// assert_eq!(REFUSED.load(Ordering::Relaxed), 1);
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub trait Listener: Send + Sync + 'static {
    /// Called after each transition.
    fn on_transition(&self, transition: &Transition);

    /// What the listener wants to hear in addition to transitions; asked once, when it is added. Default: nothing.
    fn interests(&self) -> Interests {
        Interests::transitions()
    }

    /// Called for each refused call, if it is [interested](Interests::refusals).
    fn on_refusal(&self, call: &RefusedCall) {
        let _ = call;
    }

    /// Called at the end of each call, if it is [interested](Interests::calls), once the breaker has taken it into account.
    fn on_call(&self, call: &EndedCall) {
        let _ = call;
    }
}

impl<F: Fn(&Transition) + Send + Sync + 'static> Listener for F {
    fn on_transition(&self, transition: &Transition) {
        self(transition);
    }
}
