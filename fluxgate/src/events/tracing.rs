//! An event of the crate `tracing` for every transition.

use super::transition::{Reason, Transition};

/// Whether anyone may want the event.
pub(super) fn is_enabled() -> bool {
    // Does not ask whether a subscriber wants it: that would run user code under the breaker's lock.
    ::tracing::level_filters::LevelFilter::current() >= ::tracing::Level::WARN
}

/// Emits the event of a transition.
pub(super) fn emit(transition: &Transition) {
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
            ::tracing::event!(
                target: "fluxgate",
                ::tracing::Level::$level,
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
