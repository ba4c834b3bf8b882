//! A condition of a rule, and what code that treats conditions alike has to know about each.

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

#[expect(clippy::struct_excessive_bools, reason = "each answers one question")]
struct Traits {
    is_share: bool,
    concerns_window: bool,
    sees_calls: bool,
    needs_more_than_failures: bool,
}

impl Condition {
    /// The word that spells it.
    pub(crate) fn word(&self) -> String {
        let text = self.to_string();
        text.split('(').next().unwrap_or_default().to_owned()
    }

    /// The only table of what code that treats conditions alike asks about each.
    const fn traits(&self) -> Traits {
        const NONE: Traits = Traits {
            is_share: false,
            concerns_window: false,
            sees_calls: false,
            needs_more_than_failures: false,
        };
        const FAILURES: Traits = Traits { sees_calls: true, ..NONE };
        match self {
            Self::Closed | Self::HalfOpen => NONE,
            Self::Min(_) => Traits { concerns_window: true, ..NONE },
            Self::FailureRate(_) | Self::SureFailureRate(_) => {
                Traits { is_share: true, concerns_window: true, ..FAILURES }
            }
            Self::Failures(_) => Traits { concerns_window: true, ..FAILURES },
            Self::FailureStreak(_) => FAILURES,
            Self::SlowRate(..) | Self::AvgLatency(_) => Traits {
                is_share: true,
                concerns_window: true,
                sees_calls: true,
                needs_more_than_failures: true,
            },
            Self::FailingFor(_) => Traits { needs_more_than_failures: true, ..FAILURES },
            Self::InFlight(_) | Self::Custom { .. } => Traits { needs_more_than_failures: true, ..NONE },
        }
    }

    /// Whether it compares a share or a mean, which does not exist before the first call.
    #[doc(hidden)]
    pub const fn is_share(&self) -> bool {
        self.traits().is_share
    }

    /// Whether it judges the calls in the window, not the latest calls, however old, or the running ones.
    #[doc(hidden)]
    pub const fn concerns_window(&self) -> bool {
        self.traits().concerns_window
    }

    /// Whether it can see that calls fail or are slow.
    pub(crate) const fn sees_calls(&self) -> bool {
        self.traits().sees_calls
    }

    /// Whether it asks for evidence other than failed calls, so what is known of failures alone does not tell whether
    /// it holds.
    pub(crate) const fn needs_more_than_failures(&self) -> bool {
        self.traits().needs_more_than_failures
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

    /// The same condition with another duration that calls, or their average, must reach.
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

/// Functions are compared by address, not by the path that spells them.
impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        match *self {
            Self::Closed => matches!(other, Self::Closed),
            Self::HalfOpen => matches!(other, Self::HalfOpen),
            Self::Min(calls) => matches!(*other, Self::Min(others) if others == calls),
            Self::FailureRate(share) => matches!(*other, Self::FailureRate(others) if others == share),
            Self::SureFailureRate(rate) => matches!(*other, Self::SureFailureRate(others) if others == rate),
            Self::Failures(calls) => matches!(*other, Self::Failures(others) if others == calls),
            Self::FailureStreak(calls) => matches!(*other, Self::FailureStreak(others) if others == calls),
            Self::SlowRate(share, threshold) => {
                matches!(*other, Self::SlowRate(others, its) if others == share && its == threshold)
            }
            Self::AvgLatency(mean) => matches!(*other, Self::AvgLatency(others) if others == mean),
            Self::FailingFor(time) => matches!(*other, Self::FailingFor(others) if others == time),
            Self::InFlight(calls) => matches!(*other, Self::InFlight(others) if others == calls),
            Self::Custom { predicate, .. } => {
                matches!(*other, Self::Custom { predicate: others, .. } if core::ptr::fn_addr_eq(others, predicate))
            }
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

#[cfg(test)]
mod tests {
    use super::Condition;
    use crate::model::ratio::Ratio;
    use crate::model::sure_rate::SureRate;
    use core::time::Duration;

    #[test]
    fn conditions_that_differ_in_one_value_are_not_equal() {
        let (half, most) = (Ratio::new(0.5), Ratio::new(0.9));
        let [short, long] = [1, 2].map(Duration::from_secs);
        let all = [
            Condition::Closed,
            Condition::HalfOpen,
            Condition::Min(1),
            Condition::Min(2),
            Condition::FailureRate(half),
            Condition::FailureRate(most),
            Condition::SureFailureRate(SureRate::new(half, half)),
            Condition::SureFailureRate(SureRate::new(most, half)),
            Condition::SureFailureRate(SureRate::new(half, most)),
            Condition::Failures(1),
            Condition::Failures(2),
            Condition::FailureStreak(1),
            Condition::FailureStreak(2),
            Condition::SlowRate(half, short),
            Condition::SlowRate(most, short),
            Condition::SlowRate(half, long),
            Condition::AvgLatency(short),
            Condition::AvgLatency(long),
            Condition::FailingFor(short),
            Condition::FailingFor(long),
            Condition::InFlight(2),
            Condition::InFlight(3),
            Condition::Custom { path: "f", predicate: |metrics| metrics.total() > 1 },
            Condition::Custom { path: "f", predicate: |metrics| metrics.failures() > 2 },
        ];
        for (at, one) in all.iter().enumerate() {
            for (place, other) in all.iter().enumerate() {
                assert_eq!(one == other, at == place, "{one}, {other}");
            }
        }
    }
}
