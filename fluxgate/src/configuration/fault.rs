//! A fault that is injected into a breaker to rehearse an outage.

use std::time::Duration;

#[cfg(feature = "chaos")]
use fluxgate_rules::ConfigProblem;
#[cfg(feature = "chaos")]
use fluxgate_rules::duration::Spelled;

#[cfg(feature = "chaos")]
use super::config_error::ConfigError;
#[cfg(feature = "chaos")]
use crate::clock::TARGET_HAS_TIMERS;

/// A fault for a drill: for a limited time, it fails or delays a share of the calls that a breaker admits.
///
/// It can be made only with the feature `chaos`, so that no program contains drills by accident. [`CircuitBreaker::inject`] describes what
/// it does to calls, and [`Snapshot::fault`](crate::Snapshot::fault) shows the fault in effect. With the feature `serde`, it serializes as
/// an object.
///
/// ```
/// # #[cfg(feature = "chaos")] {
/// use fluxgate::Fault;
/// use std::time::Duration;
///
/// let fault = Fault::lasting(Duration::from_secs(300)).fail(0.5);
/// assert_eq!(fault.failing, 0.5);
/// # }
/// ```
///
/// [`CircuitBreaker::inject`]: crate::CircuitBreaker#method.inject
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Fault {
    /// The share of calls that fail, from 0 to 1.
    pub failing: f64,
    /// The share of calls that are delayed, from 0 to 1.
    pub delaying: f64,
    /// How long they are delayed. With the feature `serde`, in seconds.
    #[cfg_attr(feature = "serde", serde(serialize_with = "seconds"))]
    pub delay: Duration,
    /// How long the fault lasts; in a snapshot, how long it still lasts. With the feature `serde`, in seconds.
    #[cfg_attr(feature = "serde", serde(serialize_with = "seconds"))]
    pub lasts: Duration,
}

#[cfg(feature = "serde")]
pub(crate) fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// The longest that a fault may last: one that everybody has forgotten is an outage.
#[cfg(feature = "chaos")]
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(feature = "chaos")]
impl Fault {
    /// With the feature `chaos`: a fault that lasts for `duration`, at most a day, and does nothing yet.
    #[must_use]
    pub const fn lasting(duration: Duration) -> Self {
        Self { failing: 0.0, delaying: 0.0, delay: Duration::ZERO, lasts: duration }
    }

    /// With the feature `chaos`: fails this share of the calls, from 0 to 1.
    #[must_use]
    pub const fn fail(self, share: f64) -> Self {
        Self { failing: share, ..self }
    }

    /// With the features `chaos` and `tokio`: delays this share of the calls, from 0 to 1, by `delay`. No call is both failed and delayed,
    /// so the two shares must not exceed 1 in sum.
    ///
    /// This needs a runtime: a future must not block its thread, so something has to wake it.
    #[cfg(feature = "tokio")]
    #[must_use]
    pub const fn delay(self, share: f64, delay: Duration) -> Self {
        Self { delaying: share, delay, ..self }
    }

    /// Checks the fault for a breaker with or without a clock.
    pub(crate) fn check(&self, has_clock: bool) -> Result<(), ConfigError> {
        let Self { failing, delaying, delay, lasts } = *self;
        let mut problems = Vec::new();
        let mut problem = |message: String, help: &str| {
            problems.push(ConfigProblem::new("fault", message).with_help(help));
        };
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        for (name, share) in [("fail", failing), ("delay", delaying)] {
            if !is_share(share) {
                problem(
                    format!("`{name}` takes a share of the calls, and {share} is not one"),
                    "from 0 to 1",
                );
            }
        }
        if is_share(failing) && is_share(delaying) {
            if failing + delaying == 0.0 {
                problem("the fault does nothing".into(), "`.fail(0.5)` fails every other call");
            }
            if failing + delaying > 1.0 {
                let message = format!(
                    "no call is both failed and delayed, and {failing} + {delaying} is more than all"
                );
                problem(message, "shares of at most 1 in sum");
            }
        }
        if lasts.is_zero() || lasts > LONGEST {
            let message = format!("a fault cannot last for {}", Spelled(lasts));
            problem(message, "longer than zero, and at most a day: then inject it again");
        }
        if delaying > 0.0 && (delay.is_zero() || delay > lasts) {
            let message =
                format!("a fault that lasts for {} cannot delay calls by {}", Spelled(lasts), Spelled(delay));
            problem(message, "a delay longer than zero, and no longer than the fault");
        }
        if delaying > 0.0 && !TARGET_HAS_TIMERS {
            let message = "calls cannot be delayed, since tokio's timers do not work on this target";
            problem(message.into(), "remove `.delay(..)`");
        }
        if !has_clock {
            problem(
                "the fault would never end, since this breaker has no clock".into(),
                "`fluxgate::set_clock(..)` before, or `.clock(..)` for this breaker",
            );
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::new(problems)) }
    }
}
