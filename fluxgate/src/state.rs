//! The states of a breaker, and the outcomes of its calls.

use core::fmt;

/// The state of a breaker. With the feature `serde`, it serializes as [`as_str`](Self::as_str) names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum State {
    /// Healthy: every call is admitted and recorded.
    Closed,
    /// Calls are refused until it is time to try again.
    Open,
    /// A few calls are admitted to see whether the dependency has recovered, and then, with a [ramp](crate::permit::ramp_up), a growing
    /// share of all calls.
    HalfOpen,
    /// Every call is admitted and recorded. The breaker reports when it would have tripped, but never trips. Manual.
    MetricsOnly,
    /// Every call is admitted, nothing is recorded. Manual.
    Disabled,
    /// Every call is refused. Manual.
    ForcedOpen,
}

impl State {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Closed, Self::Open, Self::HalfOpen, Self::MetricsOnly, Self::Disabled, Self::ForcedOpen];

    /// Whether the outcomes of calls are recorded in this state.
    #[inline]
    pub(crate) const fn records(self) -> bool {
        matches!(self, Self::Closed | Self::HalfOpen | Self::MetricsOnly)
    }

    /// The name of the state for metrics and logs: `half_open`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::MetricsOnly => "metrics_only",
            Self::Disabled => "disabled",
            Self::ForcedOpen => "forced_open",
        }
    }
}

/// The name of the state in a sentence: `half-open`.
impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::MetricsOnly => "metrics-only",
            Self::Disabled => "disabled",
            Self::ForcedOpen => "forced open",
        })
    }
}

/// How a call counts for its breaker. With the feature `serde`, it serializes as [`as_str`](Self::as_str) names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// The dependency is healthy.
    Success,
    /// The dependency is unhealthy.
    Failure,
    /// The call says nothing about the dependency: it is not recorded.
    Ignored,
}

impl Outcome {
    /// The name of the outcome for metrics and logs: `failure`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Ignored => "ignored",
        }
    }

    /// The default: an `Err` is a failure.
    #[inline]
    pub(crate) fn of<T, E>(result: &Result<T, E>) -> Self {
        if result.is_ok() { Self::Success } else { Self::Failure }
    }
}
