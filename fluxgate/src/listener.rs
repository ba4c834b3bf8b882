//! Reacting to transitions.

use core::fmt;
use std::collections::VecDeque;
use std::time::Duration;

use fluxgate_rules::Metrics;

use crate::cause::Cause;
use crate::contain::contain;
use crate::settings::Name;
use crate::state::State;
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

/// A breaker went from one state to another. If both states are [`State::MetricsOnly`], it would have tripped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Transition {
    /// The breaker's name.
    pub breaker: Name,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// What caused it.
    pub reason: Reason,
    /// The figures of the recent calls at that moment.
    pub metrics: Metrics,
    /// How long the breaker will refuse calls, if it opened; `None` if it never tries again.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Transition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { breaker, from, to, reason, .. } = self;
        if from == to {
            write!(formatter, "circuit breaker `{breaker}` would have opened ({reason})")
        } else {
            write!(formatter, "circuit breaker `{breaker}`: {from} -> {to} ({reason})")
        }
    }
}

/// What caused a transition.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// The rule held.
    Tripped(Cause),
    /// The pause was over, and it was time to try again.
    RetryDue,
    /// The trial passed.
    TrialPassed,
    /// The trial had passed, and the ramp is complete.
    RampEnded,
    /// The trial took longer than `half_open_timeout`.
    HalfOpenTimeout,
    /// `reset()` was called.
    Reset,
    /// `force_open()` was called.
    ForceOpen,
    /// `disable()` was called.
    Disable,
    /// `metrics_only()` was called.
    MetricsOnly,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tripped(cause) => return fmt::Display::fmt(cause, formatter),
            Self::RetryDue => "it is time to try again",
            Self::TrialPassed => "the trial passed",
            Self::RampEnded => "the ramp is complete",
            Self::HalfOpenTimeout => "half-open for too long",
            Self::Reset => "reset by command",
            Self::ForceOpen => "forced open by command",
            Self::Disable => "disabled by command",
            Self::MetricsOnly => "metrics only by command",
        })
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

    /// Whether the caller must deliver: there is something to deliver, and no other thread is doing so.
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

/// Whether a breaker without listeners of its own is heard at all.
pub(crate) fn is_heard() -> bool {
    // Does not ask whether a subscriber wants the event: that would run user code under the breaker's lock.
    #[cfg(feature = "tracing")]
    if tracing::level_filters::LevelFilter::current() >= tracing::Level::WARN {
        return true;
    }
    !EVERYWHERE.read().is_empty()
}

/// Calls all listeners.
pub(crate) fn tell(transition: &Transition, own: &[Arc<dyn Listener>]) {
    #[cfg(feature = "tracing")]
    contain(|| trace(transition));
    for listener in own.iter().chain(&everywhere()) {
        contain(|| listener.on_transition(transition));
    }
}

#[cfg(feature = "tracing")]
fn trace(transition: &Transition) {
    let Transition { breaker, from, to, reason, metrics, retry_after } = transition;
    let is_alarming = matches!(reason, Reason::Tripped(_) | Reason::HalfOpenTimeout);
    let what = if from == to { "would have opened".to_owned() } else { format!("is {to}") };
    // Names and reasons are text fields, which log formats quote, so that no name can forge a line of a log.
    let (breaker, reason) = (breaker.as_str(), reason.to_string());
    let (from, to, reason) = (from.as_str(), to.as_str(), reason.as_str());
    let (total, failures) = (metrics.total(), metrics.failures());
    let retry_after = retry_after.map(|left| left.as_secs_f64());
    // The level of an event is fixed at its call site, so each level needs one of its own.
    macro_rules! event {
        ($level:ident) => {
            tracing::event!(
                target: "fluxgate",
                tracing::Level::$level,
                breaker, from, to, reason, total, failures, retry_after,
                "circuit breaker {what}"
            )
        };
    }
    if is_alarming {
        event!(WARN);
    } else {
        event!(INFO);
    }
}
