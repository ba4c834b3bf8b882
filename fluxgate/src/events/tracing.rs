//! An event of the crate `tracing` for every transition, and for every refusal.
//!
//! Whether anyone wants the event is decided by `tracing`'s own macro, outside any lock: a subscriber decides by running code of its own,
//! and without one, the feature `log` of `tracing`, which another crate may have enabled, passes events on to `log`.

use std::ops::Deref;
use std::time::Duration;

use super::event::RefusedCall;
use super::transition::{Reason, Transition};
#[cfg(any(feature = "chaos", feature = "serde"))]
use crate::callback::contain;
#[cfg(feature = "serde")]
use crate::configuration::config_error::ConfigError;
#[cfg(feature = "chaos")]
use crate::configuration::fault::Fault;
#[cfg(any(feature = "chaos", feature = "serde"))]
use crate::configuration::name::Name;

/// Emits the event of a transition. The fields are evaluated only if it is wanted.
pub(super) fn emit(transition: &Transition) {
    let Transition { breaker, from, to, reason, metrics, retry_after, missed, .. } = transition;
    let is_within = from == to;
    if is_within && matches!(reason, Reason::Reset) {
        return;
    }
    let is_alarming = matches!(reason, Reason::Tripped(_) | Reason::HalfOpenTimeout);
    // The level of an event is fixed at its call site, so each level needs one of its own. Names and reasons are text fields, which
    // log formats quote, so that no name can forge a line of a log.
    macro_rules! event {
        ($level:ident) => {
            ::tracing::event!(
                target: "fluxgate",
                ::tracing::Level::$level,
                breaker = breaker.as_str(),
                from = from.as_str(),
                to = to.as_str(),
                reason = reason.to_string().as_str(),
                total = metrics.total(),
                failures = metrics.failures(),
                retry_after = retry_after.map(seconds),
                missed = *missed,
                "circuit breaker {}",
                match reason {
                    Reason::Reconfigured => "has new settings".to_owned(),
                    _ if is_within => "would have opened".to_owned(),
                    _ => format!("is {to}"),
                }
            )
        };
    }
    if is_alarming {
        event!(WARN);
    } else {
        event!(INFO);
    }
}

/// Emits the event of a refusal, within the caller's span. The call is described only if the event is wanted.
pub(super) fn emit_refusal(call: &impl Deref<Target = RefusedCall>) {
    ::tracing::event!(
        target: "fluxgate",
        ::tracing::Level::DEBUG,
        breaker = call.breaker.as_str(),
        state = call.state.as_str(),
        cause = call.cause.map(|cause| cause.to_string()),
        retry_after = call.retry_after.map(seconds),
        "circuit breaker refuses a call"
    );
}

/// To the millisecond, rounded up: a binary fraction of nanoseconds would be logged with all its digits.
fn seconds(duration: Duration) -> f64 {
    duration.as_nanos().div_ceil(1_000_000) as f64 / 1_000.0
}

/// Emits that a fault was injected, or is over.
#[cfg(feature = "chaos")]
pub(crate) fn emit_fault(breaker: &Name, fault: Option<&Fault>) {
    contain(|| {
        if let Some(Fault { failing, delaying, delay, lasts }) = fault {
            ::tracing::event!(
                target: "fluxgate",
                ::tracing::Level::WARN,
                breaker = breaker.as_str(),
                failing,
                delaying,
                delay = seconds(*delay),
                lasts = seconds(*lasts),
                "circuit breaker has an injected fault"
            );
        } else {
            ::tracing::event!(
                target: "fluxgate",
                ::tracing::Level::INFO,
                breaker = breaker.as_str(),
                "circuit breaker no longer has an injected fault"
            );
        }
    });
}

/// Emits that settings from outside do not fit a breaker.
#[cfg(feature = "serde")]
pub(crate) fn emit_unfit(breaker: &Name, error: &ConfigError) {
    contain(|| {
        ::tracing::event!(
            target: "fluxgate",
            ::tracing::Level::WARN,
            breaker = breaker.as_str(),
            error = error.to_string().as_str(),
            "circuit breaker keeps its settings, since the new ones do not fit"
        );
    });
}
