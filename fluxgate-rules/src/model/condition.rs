//! A condition of a rule, and what the parts that treat conditions alike have to know of each.

use core::fmt;
use core::time::Duration;

use crate::model::duration::Spelled;
use crate::model::metrics::Metrics;
use crate::model::ratio::Ratio;
use crate::model::sure_rate::SureRate;

/// One condition.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// The breaker is closed.
    Closed,
    /// The breaker is half-open.
    HalfOpen,
    /// There are at least this many calls.
    Min(u32),
    /// At least this share of calls failed.
    FailureRate(Ratio),
    /// More than a share of calls failed, beyond what chance explains.
    SureFailureRate(SureRate),
    /// At least this many calls failed.
    Failures(u32),
    /// At least this many of the last calls failed in a row, regardless of the window.
    FailureStreak(u32),
    /// At least this share of calls took this duration or longer.
    SlowRate(Ratio, Duration),
    /// Calls took this duration or longer on average.
    AvgLatency(Duration),
    /// The last call failed, and no call has succeeded for this long, in any state.
    FailingFor(Duration),
    /// At least this many calls are running.
    InFlight(u32),
    /// A user function returns `true`.
    Custom {
        /// How the rule spells the function.
        path: &'static str,
        /// The function.
        predicate: fn(&Metrics) -> bool,
    },
}

impl Condition {
    /// The word that spells it.
    pub(crate) fn word(&self) -> String {
        let text = self.to_string();
        text.split('(').next().unwrap_or_default().to_owned()
    }

    /// Whether it compares a share or a mean, which does not exist before the first call.
    #[doc(hidden)]
    pub const fn is_share(&self) -> bool {
        match self {
            Self::FailureRate(_) | Self::SureFailureRate(_) | Self::SlowRate(..) | Self::AvgLatency(_) => {
                true
            }
            Self::Closed
            | Self::HalfOpen
            | Self::Min(_)
            | Self::Failures(_)
            | Self::FailureStreak(_)
            | Self::FailingFor(_)
            | Self::InFlight(_)
            | Self::Custom { .. } => false,
        }
    }

    /// Whether it judges the calls in the window, not the latest calls, however old, or the running ones.
    #[doc(hidden)]
    pub const fn concerns_window(&self) -> bool {
        match self {
            Self::Min(_)
            | Self::FailureRate(_)
            | Self::SureFailureRate(_)
            | Self::Failures(_)
            | Self::SlowRate(..)
            | Self::AvgLatency(_) => true,
            Self::Closed
            | Self::HalfOpen
            | Self::FailureStreak(_)
            | Self::FailingFor(_)
            | Self::InFlight(_)
            | Self::Custom { .. } => false,
        }
    }

    /// Whether it asks for evidence other than failed calls, so what is known of failures alone does not tell whether
    /// it holds.
    pub(crate) const fn needs_more_than_failures(&self) -> bool {
        match self {
            Self::SlowRate(..)
            | Self::AvgLatency(_)
            | Self::FailingFor(_)
            | Self::InFlight(_)
            | Self::Custom { .. } => true,
            Self::Closed
            | Self::HalfOpen
            | Self::Min(_)
            | Self::FailureRate(_)
            | Self::SureFailureRate(_)
            | Self::Failures(_)
            | Self::FailureStreak(_) => false,
        }
    }

    /// The duration from which it counts calls as slow.
    pub(crate) const fn counts_slow_from(&self) -> Option<Duration> {
        match self {
            Self::SlowRate(_, threshold) => Some(*threshold),
            Self::Closed
            | Self::HalfOpen
            | Self::Min(_)
            | Self::FailureRate(_)
            | Self::SureFailureRate(_)
            | Self::Failures(_)
            | Self::FailureStreak(_)
            | Self::AvgLatency(_)
            | Self::FailingFor(_)
            | Self::InFlight(_)
            | Self::Custom { .. } => None,
        }
    }

    /// The same condition on calls that take at least this long, or that do on average.
    pub(crate) const fn with_threshold(self, threshold: Duration) -> Option<Self> {
        match self {
            Self::SlowRate(share, _) => Some(Self::SlowRate(share, threshold)),
            Self::AvgLatency(_) => Some(Self::AvgLatency(threshold)),
            Self::Closed
            | Self::HalfOpen
            | Self::Min(_)
            | Self::FailureRate(_)
            | Self::SureFailureRate(_)
            | Self::Failures(_)
            | Self::FailureStreak(_)
            | Self::FailingFor(_)
            | Self::InFlight(_)
            | Self::Custom { .. } => None,
        }
    }

    /// The same condition with another number of calls that have ended.
    pub(crate) const fn with_calls(self, calls: u32) -> Option<Self> {
        match self {
            Self::Min(_) => Some(Self::Min(calls)),
            Self::Failures(_) => Some(Self::Failures(calls)),
            Self::FailureStreak(_) => Some(Self::FailureStreak(calls)),
            Self::Closed
            | Self::HalfOpen
            | Self::FailureRate(_)
            | Self::SureFailureRate(_)
            | Self::SlowRate(..)
            | Self::AvgLatency(_)
            | Self::FailingFor(_)
            | Self::InFlight(_)
            | Self::Custom { .. } => None,
        }
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Closed, Self::Closed) | (Self::HalfOpen, Self::HalfOpen) => true,
            (Self::Min(a), Self::Min(b))
            | (Self::Failures(a), Self::Failures(b))
            | (Self::FailureStreak(a), Self::FailureStreak(b))
            | (Self::InFlight(a), Self::InFlight(b)) => a == b,
            (Self::FailureRate(a), Self::FailureRate(b)) => a == b,
            (Self::SureFailureRate(a), Self::SureFailureRate(b)) => a == b,
            (Self::SlowRate(a, c), Self::SlowRate(b, d)) => a == b && c == d,
            (Self::AvgLatency(a), Self::AvgLatency(b)) | (Self::FailingFor(a), Self::FailingFor(b)) => a == b,
            (Self::Custom { predicate: a, .. }, Self::Custom { predicate: b, .. }) => {
                core::ptr::fn_addr_eq(a, b)
            }
            _ => false,
        }
    }
}

/// As a rule spells it.
impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Closed => formatter.write_str("closed"),
            Self::HalfOpen => formatter.write_str("half_open"),
            Self::Min(count) => write!(formatter, "min({count})"),
            Self::FailureRate(ratio) => write!(formatter, "failure_rate({ratio})"),
            Self::SureFailureRate(rate) => write!(formatter, "failure_rate({rate})"),
            Self::Failures(count) => write!(formatter, "failures({count})"),
            Self::FailureStreak(count) => write!(formatter, "failure_streak({count})"),
            Self::SlowRate(ratio, threshold) => {
                write!(formatter, "slow_rate({ratio}, {})", Spelled(threshold))
            }
            Self::AvgLatency(threshold) => write!(formatter, "avg_latency({})", Spelled(threshold)),
            Self::FailingFor(duration) => write!(formatter, "failing_for({})", Spelled(duration)),
            Self::InFlight(count) => write!(formatter, "in_flight({count})"),
            Self::Custom { path, .. } => write!(formatter, "custom({path})"),
        }
    }
}
