//! Everything that is known about a breaker at one moment.

use std::time::Duration;

use fluxgate_rules::{Metrics, Rule};

use super::assessment::{self, ConditionStatus, Recovery};
use super::totals::{Spent, Totals};
use crate::clock::NEVER;
use crate::configuration::fault::Fault;
use crate::engine::breaker::Breaker;
use crate::engine::locked::Period;
use crate::engine::reopens::LastOpening;
use crate::events::cause::Cause;
use crate::events::transition::Reason;
use crate::state::State;
use crate::sync::Ordering;

/// Everything that is known about a breaker at one moment; returned by [`CircuitBreaker::snapshot`](crate::CircuitBreaker::snapshot).
///
/// With the feature `serde`, it serializes in a form for dashboards: durations are seconds, and `metrics` is an object of its
/// figures, where the list `slow` says how many calls reached each threshold of the rule. Only the breaker of a key has a `family`.
///
/// ```json
/// {
///   "name": "payments", "state": "open", "since": 18.0, "reopens": 0,
///   "metrics": {
///     "total": 20, "failures": 12, "failure_rate": 0.6, "avg_latency": null, "failure_streak": 4,
///     "failing_for": null, "in_flight": null,
///     "slow": [{ "threshold": 1.5, "calls": 5, "rate": 0.25 }]
///   },
///   "retry_after": 42.0, "is_due": false, "rejected": 731, "late": 0, "peak": null,
///   "totals": {
///     "successes": null, "failures": 41, "ignored": null, "slow": 12, "refused": 904, "late": 0, "cancelled": 3, "panicked": 0
///   },
///   "spent": {
///     "closed": 3600.0, "open": 78.0, "half_open": 4.5, "metrics_only": 0.0, "disabled": 0.0, "forced_open": 0.0
///   },
///   "fault": null,
///   "rule": "min(20) & (failure_rate(0.5) | slow_rate(0.3, 1.5s))", "trial": 20,
///   "conditions": [
///     { "condition": "min(20)", "holds": true, "value": 20.0, "limit": 20.0, "message": "20 calls (20 >= 20)" },
///     {
///       "condition": "failure_rate(0.5)", "holds": true, "value": 0.6, "limit": 0.5,
///       "message": "12 of the last 20 calls failed (60% >= 50%)"
///     },
///     {
///       "condition": "slow_rate(0.3, 1.5s)", "holds": false, "value": 0.25, "limit": 0.3,
///       "message": "5 of the last 20 calls took 1.5s or longer (25% < 30%)"
///     }
///   ],
///   "reason": { "kind": "tripped", "message": "12 of the last 20 calls failed (60% >= 50%)" },
///   "cause": { "condition": "failure_rate(0.5)", "message": "12 of the last 20 calls failed (60% >= 50%)" },
///   "recovery": null
/// }
/// ```
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
    /// The name of the family, if it is the breaker of a key: see `Keyed`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub family: Option<String>,
    /// The current state.
    pub state: State,
    /// How long the breaker has been in that state; zero before its first use.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::configuration::fault::seconds"))]
    pub since: Duration,
    /// How often it has re-opened without a lasting recovery. A recovery is lasting once the breaker has been closed for as long as it was
    /// last open; if it waited for a call after its pause, for as long as the pause. A breaker that a command
    /// took out of open or half-open has not recovered, unless the command was a [reset](crate::CircuitBreaker::reset).
    pub reopens: u32,
    /// The figures of the recent calls; see [`CircuitBreaker::metrics`](crate::CircuitBreaker::metrics).
    #[cfg_attr(feature = "serde", serde(serialize_with = "serialized::metrics"))]
    pub metrics: Metrics,
    /// How long until an open breaker tries again; `None` in other states, if it never does, or while a `custom` retry has yet to answer.
    #[cfg_attr(feature = "serde", serde(serialize_with = "serialized::seconds_if_any"))]
    pub retry_after: Option<Duration>,
    /// Whether the breaker is open, but the next call would be put to the trial; see
    /// [`CircuitBreaker::is_due`](crate::CircuitBreaker::is_due).
    pub is_due: bool,
    /// How many calls were refused since the state began.
    pub rejected: u64,
    /// How many outcomes came too late to count, over the breaker's life.
    pub late: u64,
    /// Counts over the breaker's life.
    pub totals: Totals,
    /// In the state [`MetricsOnly`](State::MetricsOnly), how close the rule has come to holding: the highest failure rate since the state
    /// began. `None` in other states, and before there were enough calls. See [`Peak`].
    pub peak: Option<Peak>,
    /// How long the breaker has been in each state over its life.
    pub spent: Spent,
    /// The fault that is injected for a drill, with how long it still lasts; `None` if there is none, and always without the feature
    /// `chaos`.
    pub fault: Option<Fault>,
    /// The rule, as the attribute would spell it.
    pub rule: String,
    /// The length of a trial: how many calls decide it, unless good and bad ones are mixed; twice as many decide it in any case.
    pub trial: u32,
    /// The conditions through which the rule can hold in the current state, with the figures that they compare: those of `metrics`, so the
    /// evidence for an open breaker. Empty while it is disabled or forced open.
    pub conditions: Vec<ConditionStatus>,
    /// What brought it into its state or, in the state [`MetricsOnly`](State::MetricsOnly), why it would last have opened. `None` before its
    /// first change, and if new settings have removed that condition.
    pub reason: Option<Reason>,
    /// The condition that opened it; `None` in states other than [`Open`](State::Open), or if a command or hung calls opened it.
    pub cause: Option<Cause>,
    /// How far it has recovered; `None` in states other than [`HalfOpen`](State::HalfOpen).
    pub recovery: Option<Recovery>,
    /// Whether a `custom` retry has yet to say for how long the breaker is open.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) is_asking: bool,
    /// What else to restore.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) opening: LastOpening,
    /// The largest `min` of the rule: no rate is judged with fewer calls.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) largest_min: u32,
}

/// The highest failure rate of a breaker that [only reports](crate::CircuitBreaker::metrics_only), in [`Snapshot::peak`].
///
/// It is the rate of the window after some outcome, or when a snapshot was taken. Windows with too few calls for the rule of a closed
/// breaker do not count: 100 for the default rule, 30 for `failures(30)`. Among equal rates, the one with more calls is reported, unless no
/// call has failed. So numbers can be chosen from production: a rule that asks for a little more would not have tripped. With the feature
/// `serde`, it serializes with its rate.
///
/// ```
/// use fluxgate::{CircuitBreaker, trip};
///
/// let breaker = CircuitBreaker::builder("payments").trip(trip::min(4) & trip::failure_rate(0.9)).build()?;
/// breaker.metrics_only();
/// for outcome in [Ok(()), Err("down"), Err("down"), Err("down"), Ok(()), Ok(())] {
///     let _ = breaker.call(|| outcome);
/// }
/// let peak = breaker.snapshot().peak.unwrap();
/// assert_eq!((peak.failures, peak.calls, peak.failure_rate()), (3, 4, 0.75));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Peak {
    /// How many calls had failed.
    pub failures: u64,
    /// How many calls there were.
    pub calls: u64,
}

impl Peak {
    /// The share that failed, from 0 to 1.
    pub fn failure_rate(&self) -> f64 {
        self.failures as f64 / self.calls as f64
    }
}

impl Snapshot {
    pub(crate) fn of(breaker: &Breaker) -> Self {
        let now = breaker.now();
        // Read under the lock, so that all figures belong together.
        let mut guard = breaker.lock();
        let (word, state) = (guard.word, guard.word.state());
        let settings = breaker.settings();
        let rule = settings.rule.nodes();
        let deadline = breaker.deadline.load(Ordering::Relaxed);
        let since = breaker.since.load(Ordering::Relaxed);
        let spent = Spent::read(&guard, state, now.saturating_sub(since));
        let opens = state == State::Open && deadline != NEVER;
        // A command may have set a pause meanwhile.
        let is_asking = matches!(guard.period, Period::Asking(_)) && deadline == NEVER;
        #[cfg(feature = "chaos")]
        let fault = crate::engine::fault::present(&guard, now);
        #[cfg(not(feature = "chaos"))]
        let fault = None;
        let metrics = guard.metrics(now);
        let peak = match &mut guard.period {
            Period::MetricsOnly(_, highest) => {
                // The figures include calls that were only counted.
                highest.see(&metrics);
                highest.figures().map(|(failures, calls)| Peak { failures, calls })
            }
            _ => None,
        };
        let reopens = guard.reopens.count(now);
        let opening = match &guard.period {
            Period::Trial(trial) => {
                guard.reopens.before_trial(guard.reopens.overdue(trial.pause_ended, since))
            }
            _ => guard.reopens.opening(),
        };
        let rejected = guard.rejected();
        let totals = Totals::of(&mut guard);
        let late = totals.late;
        let recovery = assessment::recovery(&guard, now);
        let readings = assessment::readings(&guard);
        let reason = Reason::of(breaker.figures(word), rule);
        // Failures wait for the lock, so texts are written after it is released.
        drop(guard);
        Self {
            name: breaker.name().as_str().to_owned(),
            family: breaker.name().family().map(str::to_owned),
            state,
            since: Duration::from_nanos(now.saturating_sub(since)),
            reopens,
            metrics,
            retry_after: opens.then(|| Duration::from_nanos(deadline.saturating_sub(now))),
            is_due: opens && now >= deadline,
            rejected,
            late,
            totals,
            peak,
            spent,
            fault,
            rule: settings.rule.to_string(),
            trial: settings.trial().length,
            conditions: assessment::conditions(rule, readings, &metrics),
            reason,
            cause: match reason {
                Some(Reason::Tripped(cause)) if state == State::Open => Some(cause),
                _ => None,
            },
            recovery,
            is_asking,
            opening,
            largest_min: Rule::largest_min(rule),
        }
    }
}

/// The serialized form, for dashboards.
#[cfg(feature = "serde")]
mod serialized {
    use std::time::Duration;

    use fluxgate_rules::Metrics;
    use serde::{Serialize, Serializer};

    impl Serialize for super::Peak {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            #[derive(Serialize)]
            struct PeakForm {
                failures: u64,
                calls: u64,
                failure_rate: f64,
            }
            PeakForm { failures: self.failures, calls: self.calls, failure_rate: self.failure_rate() }
                .serialize(serializer)
        }
    }

    #[derive(Serialize)]
    struct MetricsForm {
        total: u64,
        failures: u64,
        failure_rate: Option<f64>,
        avg_latency: Option<f64>,
        failure_streak: u32,
        failing_for: Option<f64>,
        in_flight: Option<u64>,
        slow: Vec<SlowForm>,
    }

    #[derive(Serialize)]
    struct SlowForm {
        threshold: f64,
        calls: u64,
        rate: Option<f64>,
    }

    pub(super) fn metrics<S: Serializer>(metrics: &Metrics, serializer: S) -> Result<S::Ok, S::Error> {
        let slow = metrics.thresholds().map(|threshold| SlowForm {
            threshold: threshold.as_secs_f64(),
            calls: metrics.slow(threshold).unwrap_or(0),
            rate: metrics.slow_rate(threshold),
        });
        let figures = MetricsForm {
            total: metrics.total(),
            failures: metrics.failures(),
            failure_rate: metrics.failure_rate(),
            avg_latency: metrics.avg_latency().map(|mean| mean.as_secs_f64()),
            failure_streak: metrics.failure_streak(),
            failing_for: metrics.failing_for().map(|failing| failing.as_secs_f64()),
            in_flight: metrics.in_flight(),
            slow: slow.collect(),
        };
        figures.serialize(serializer)
    }

    #[expect(clippy::ref_option, reason = "it is serde that calls it")]
    pub(super) fn seconds_if_any<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        duration.map(|duration| duration.as_secs_f64()).serialize(serializer)
    }
}
