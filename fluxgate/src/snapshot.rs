//! All there is to know of a breaker, at one moment.

use std::time::Duration;

use fluxgate_rules::Metrics;

use crate::breaker::{Breaker, NEVER};
use crate::state::{State, Word};
use crate::sync::Ordering;

/// All there is to know of a breaker, at one moment: [`CircuitBreaker::snapshot`](crate::CircuitBreaker::snapshot).
///
/// With the feature `serde`, it serializes; of the metrics, `total`, `failures`, `failure_rate`, `avg_latency` and
/// `failure_streak`.
///
/// ```
/// # let breaker = fluxgate::CircuitBreaker::builder("payments").build()?;
/// let snapshot = breaker.snapshot();
/// assert_eq!(snapshot.state, fluxgate::State::Closed);
/// assert_eq!(snapshot.trial, 10);
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Snapshot {
    /// The breaker's name.
    pub name: String,
    /// The state.
    pub state: State,
    /// How long it has been in that state.
    pub since: Duration,
    /// How often it has re-opened without a lasting recovery.
    pub reopens: u32,
    /// What is known of recent calls; see [`CircuitBreaker::metrics`](crate::CircuitBreaker::metrics).
    #[cfg_attr(feature = "serde", serde(serialize_with = "serialize_metrics"))]
    pub metrics: Metrics,
    /// How long until an open breaker tries again; `None` in other states, and where it never does.
    pub retry_after: Option<Duration>,
    /// How many calls were refused since the state began.
    pub rejected: u64,
    /// How many outcomes, in the breaker's life, came too late to count.
    pub late: u64,
    /// The rule, as the attribute would spell it.
    pub rule: String,
    /// How many calls a trial of the rule has at most.
    pub trial: u32,
}

impl Snapshot {
    pub(crate) fn of(breaker: &Breaker) -> Self {
        let now = breaker.now();
        let mut core = breaker.core.lock();
        // Under the lock, so that all of it belongs together.
        let word = Word(breaker.state.load(Ordering::Relaxed));
        let deadline = breaker.deadline.load(Ordering::Relaxed);
        let since = if word.is_fresh() { now } else { breaker.since.load(Ordering::Relaxed) };
        let opens = word.state() == State::Open && deadline != NEVER;
        Self {
            name: breaker.name().as_str().to_owned(),
            state: word.state(),
            since: Duration::from_nanos(now.saturating_sub(since)),
            reopens: core.reopens,
            metrics: core.metrics(breaker, word, now),
            retry_after: opens.then(|| Duration::from_nanos(deadline.saturating_sub(now))),
            rejected: breaker.rejected.load(Ordering::Relaxed),
            late: core.late,
            rule: breaker.settings().rule.to_string(),
            trial: breaker.trial(),
        }
    }
}

/// A flat object: `{"total": 10, "failures": 6, "failure_rate": 0.6, ..}`.
#[cfg(feature = "serde")]
fn serialize_metrics<S: serde::Serializer>(metrics: &Metrics, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeStruct;

    let mut fields = serializer.serialize_struct("Metrics", 5)?;
    fields.serialize_field("total", &metrics.total())?;
    fields.serialize_field("failures", &metrics.failures())?;
    fields.serialize_field("failure_rate", &metrics.failure_rate())?;
    fields.serialize_field("avg_latency", &metrics.avg_latency())?;
    fields.serialize_field("failure_streak", &metrics.failure_streak())?;
    fields.end()
}
