//! Those who react to transitions.

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
/// Listeners are called outside any lock, in the order of the transitions, each exactly once, and one at a time for each
/// breaker, on the thread whose call or command brought the transition about (or on one that is already delivering). So a
/// listener may call back into the breaker, and one with slow work to do should hand it on. One that panics is contained.
///
/// Any `Fn(&Transition)` is one:
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
    /// Is told of a transition.
    fn on_transition(&self, transition: &Transition);
}

impl<F: Fn(&Transition) + Send + Sync + 'static> Listener for F {
    fn on_transition(&self, transition: &Transition) {
        self(transition);
    }
}

/// A breaker went from one state to another; or, in [`State::MetricsOnly`] both before and after, would have tripped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Transition {
    /// The breaker's name.
    pub breaker: Name,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// What brought it about.
    pub reason: Reason,
    /// What was known of recent calls at that moment.
    pub metrics: Metrics,
    /// How long the breaker will refuse calls, where it opened and not for ever.
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

/// What brought a transition about.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// The rule held.
    Tripped(Cause),
    /// It was time to try again.
    RetryDue,
    /// The trial went well.
    TrialPassed,
    /// The trial had gone well, and the ramp came to its end.
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

/// A breaker's listeners, and what they have still to hear. Kept under the breaker's lock; called under none.
#[derive(Default)]
pub(crate) struct Events {
    listeners: Vec<Arc<dyn Listener>>,
    queue: VecDeque<Transition>,
    /// Someone is delivering, and will go on until the queue is empty.
    delivering: bool,
}

impl Events {
    pub(crate) fn listen(&mut self, listener: Arc<dyn Listener>) {
        self.listeners.push(listener);
    }

    pub(crate) fn push(&mut self, transition: Transition) {
        self.queue.push_back(transition);
    }

    /// Becomes the one who delivers, if there is something to deliver and nobody does yet.
    pub(crate) fn begin(&mut self) -> bool {
        let begins = !self.delivering && !self.queue.is_empty();
        self.delivering |= begins;
        begins
    }

    /// The next transition and who is to hear it; `None` ends the delivery.
    pub(crate) fn next(&mut self) -> Option<(Transition, Vec<Arc<dyn Listener>>)> {
        let next = self.queue.pop_front().map(|transition| (transition, self.listeners.clone()));
        self.delivering = next.is_some();
        next
    }
}

static EVERYWHERE: RwLock<Vec<Arc<dyn Listener>>> = RwLock::new(Vec::new());

/// Adds a listener to every breaker, present and future. It stays for as long as the process runs.
pub fn listen(listener: impl Listener) {
    EVERYWHERE.write().push(Arc::new(listener));
}

fn everywhere() -> Vec<Arc<dyn Listener>> {
    EVERYWHERE.read().clone()
}

/// Whether anyone hears of a breaker that has no listeners of its own.
pub(crate) fn is_heard() -> bool {
    // Not whether a subscriber wants the event: that would be the user's code, under the breaker's lock.
    #[cfg(feature = "tracing")]
    if tracing::level_filters::LevelFilter::current() >= tracing::Level::WARN {
        return true;
    }
    !EVERYWHERE.read().is_empty()
}

/// Tells everyone.
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
    // Names and reasons are fields, and text, which writers quote: so no name can forge a line of a log.
    let (breaker, reason) = (breaker.as_str(), reason.to_string());
    let (from, to, reason) = (from.as_str(), to.as_str(), reason.as_str());
    let (total, failures) = (metrics.total(), metrics.failures());
    let retry_after = retry_after.map(|left| left.as_secs_f64());
    // An event's level is a part of the place where it is written.
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
