//! How a breaker stands between closed and open: which conditions of its rule hold, and how far it has recovered.

use core::fmt;
use std::time::Duration;

use fluxgate_rules::evaluate::{Customs, Situation, applicable, condition_holds};
use fluxgate_rules::{Condition, Metrics, Node};

use crate::engine::guard::Guard;
use crate::engine::locked::Period;
use crate::events::cause::{Counted, Sentence};
use crate::permit;
use crate::state::State;

/// A condition of the rule at the moment of a [`Snapshot`](crate::Snapshot).
///
/// It prints as a sentence: `2 of the last 10 calls failed (20% < 50%)`. With the feature `serde`, it serializes with that as `message`.
///
/// ```
/// use fluxgate::{CircuitBreaker, trip};
///
/// let breaker = CircuitBreaker::builder("payments").trip(trip::min(10) & trip::failure_rate(0.5)).build()?;
/// for outcome in [Ok(()), Err("down"), Ok(()), Ok(())] {
///     let _ = breaker.call(|| outcome);
/// }
/// let conditions = breaker.snapshot().conditions;
/// let said = conditions.iter().map(|condition| condition.to_string()).collect::<Vec<_>>();
/// assert_eq!(said, ["4 calls (4 < 10)", "1 of the last 4 calls failed (25% < 50%)"]);
/// assert_eq!(conditions[1].condition, "failure_rate(0.5)");
/// assert_eq!((conditions[1].value, conditions[1].limit), (Some(0.25), Some(0.5)));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ConditionStatus {
    /// The condition, as the rule spells it.
    pub condition: String,
    /// Whether it holds; `None` for `custom`, which is asked when a call ends, not for a snapshot.
    pub holds: Option<bool>,
    /// The figure that it compares: a number of calls, a share of them from 0 to 1, or a duration in seconds. `None` for `custom`, and for
    /// shares and averages before the first call.
    pub value: Option<f64>,
    /// What `value` has to reach, in the same unit. `None` for `custom`.
    pub limit: Option<f64>,
    message: String,
}

impl ConditionStatus {
    fn of(condition: Condition, at: usize, metrics: &Metrics) -> Self {
        let situation = Situation { half_open: false, metrics, customs: Customs::NONE };
        let is_asked = !matches!(condition, Condition::Custom { .. });
        let holds =
            condition_holds(&condition, at, &situation) && (metrics.total() > 0 || !condition.is_share());
        let (value, limit) = figures(&condition, metrics);
        let message = match condition {
            Condition::Min(least) => {
                let (total, sign) = (metrics.total(), if holds { ">=" } else { "<" });
                format!("{} ({total} {sign} {least})", Counted(total))
            }
            Condition::Custom { path, .. } => format!("custom({path}) is asked when a call ends"),
            Condition::FailingFor(_) if metrics.failure_streak() == 0 => {
                "the last call did not fail".to_owned()
            }
            _ if value.is_none() => "no call yet".to_owned(),
            condition => Sentence::of(condition, metrics, holds).to_string(),
        };
        Self { condition: condition.to_string(), holds: is_asked.then_some(holds), value, limit, message }
    }
}

impl fmt::Display for ConditionStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ConditionStatus {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("ConditionStatus", 5)?;
        fields.serialize_field("condition", &self.condition)?;
        fields.serialize_field("holds", &self.holds)?;
        fields.serialize_field("value", &self.value)?;
        fields.serialize_field("limit", &self.limit)?;
        fields.serialize_field("message", &self.message)?;
        fields.end()
    }
}

/// The condition's `value` and `limit`.
fn figures(condition: &Condition, metrics: &Metrics) -> (Option<f64>, Option<f64>) {
    let count = |value: u64, limit: u32| (Some(value as f64), Some(f64::from(limit)));
    let seconds = |value: Option<Duration>, limit: Duration| {
        (value.map(|value| value.as_secs_f64()), Some(limit.as_secs_f64()))
    };
    match *condition {
        Condition::Min(limit) => count(metrics.total(), limit),
        Condition::Failures(limit) => count(metrics.failures(), limit),
        Condition::FailureStreak(limit) => count(u64::from(metrics.failure_streak()), limit),
        Condition::FailureRate(limit) => (metrics.failure_rate(), Some(limit.as_f64())),
        Condition::SureFailureRate(limit) => (metrics.failure_rate(), Some(limit.share().as_f64())),
        Condition::SlowRate(limit, threshold) => (metrics.slow_rate(threshold), Some(limit.as_f64())),
        Condition::AvgLatency(limit) => seconds(metrics.avg_latency(), limit),
        Condition::FailingFor(limit) => seconds(metrics.failing_for(), limit),
        Condition::InFlight(limit) => count(u64::from(metrics.running()), limit),
        Condition::Closed | Condition::HalfOpen | Condition::Custom { .. } => (None, None),
    }
}

/// The readings of the rule that apply: `true` for that of a half-open breaker.
pub(super) fn readings(guard: &Guard<'_>) -> &'static [bool] {
    match (guard.word.state(), &guard.period) {
        (State::Disabled | State::ForcedOpen, _) => &[],
        (State::HalfOpen, Period::Trial(_)) => &[true],
        // A ramp is judged by both readings, and either may have opened the breaker.
        (State::HalfOpen | State::Open, _) => &[false, true],
        _ => &[false],
    }
}

/// The conditions through which the rule can hold in one of these readings, each once, in the rule's order.
pub(super) fn conditions(rule: &[Node], readings: &[bool], metrics: &Metrics) -> Vec<ConditionStatus> {
    let applies = |at: usize| {
        readings.iter().any(|&half_open| applicable(rule, half_open).any(|(place, _)| place == at))
    };
    let mut conditions: Vec<(usize, Condition)> = Vec::new();
    for (at, node) in rule.iter().enumerate() {
        if let Node::Condition(condition) = node
            && !matches!(condition, Condition::Closed | Condition::HalfOpen)
            && applies(at)
            && !conditions.iter().any(|(_, known)| known == condition)
        {
            conditions.push((at, *condition));
        }
    }
    conditions.into_iter().map(|(at, condition)| ConditionStatus::of(condition, at, metrics)).collect()
}

/// How far a half-open breaker has recovered.
///
/// With the feature `serde`, it serializes as an object with its `stage`, `trial` or `ramp`; durations are seconds.
///
/// ```
/// use fluxgate::{CircuitBreaker, Recovery, permit};
///
/// let breaker = CircuitBreaker::builder("payments").permit(permit::all()).build()?;
/// breaker.open_for(std::time::Duration::ZERO);
/// breaker.call(|| Ok::<_, ()>(())).unwrap();
/// let Some(Recovery::Trial { outcomes, good, needed, .. }) = breaker.snapshot().recovery else { panic!() };
/// assert_eq!((outcomes, good, needed), (1, 1, 5));
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "stage", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Recovery {
    /// Its trial is running.
    #[non_exhaustive]
    Trial {
        /// How many calls of the trial have succeeded or failed.
        outcomes: u64,
        /// How many of them were good: they did not fail, and were faster than any duration that the rule calls slow in half-open.
        good: u64,
        /// How many good calls it takes at least, unless the trial reaches `longest`. With these, it passes as soon as the rule can no
        /// longer hold.
        needed: u32,
        /// How many calls are running.
        in_flight: u32,
        /// The number of outcomes after which it is decided at the latest: it then passes, unless the rule holds.
        longest: u64,
    },
    /// The trial has passed, and traffic is coming back gradually.
    #[non_exhaustive]
    Ramp {
        /// The share of calls that the breaker admits now, from 0 to 1.
        admits: f64,
        /// How long until the ramp is complete. The next call then closes the breaker.
        #[cfg_attr(feature = "serde", serde(serialize_with = "crate::configuration::fault::seconds"))]
        ends_in: Duration,
    },
}

/// How far a half-open breaker has recovered at `now`.
pub(super) fn recovery(guard: &Guard<'_>, now: u64) -> Option<Recovery> {
    match &guard.period {
        Period::Trial(trial) => Some(Recovery::Trial {
            outcomes: u64::from(trial.outcomes),
            good: u64::from(trial.good),
            needed: trial.plan.good,
            in_flight: guard.running.calls(),
            longest: trial.plan.longest(),
        }),
        Period::Ramp(began) => {
            let permit = &guard.breaker.settings().permit;
            let passed = guard.reopens.overdue(*began, now);
            let left = permit::ramp(permit).saturating_sub(passed);
            Some(Recovery::Ramp {
                admits: permit::share(permit, passed),
                ends_in: Duration::from_nanos(left),
            })
        }
        _ => None,
    }
}
